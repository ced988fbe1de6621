//! What is said about the settings of spans: the caret is on what is wrong.

use expect_test::expect;

use super::errors;

#[test]
fn names_levels_and_fields() {
    expect![[r#"
        resilient(name = "")
          a name cannot be empty; write one, like "load_user"
            ^ ""
        resilient(name = 5)
          `5` is not a name; write a string, like "load_user"
            ^ 5
        resilient(name = NAME)
          a span's name is a literal; write a string, like "load_user"
            ^ NAME
        resilient(level = "inf")
          unknown level `inf`; did you mean `info`?
            ^ "inf"
        resilient(level = "loud")
          `loud` is not a level; write "trace", "debug", "info", "warn" or "error"
            ^ "loud"
        resilient(level = 6)
          `6` is not a level; write "trace", "debug", "info", "warn" or "error"
            ^ 6
        resilient(level = -1)
          `-1` is not a level; write "trace", "debug", "info", "warn" or "error"
            ^ -1
        resilient(level = Level::LOUD)
          `LOUD` is not a level; write "trace", "debug", "info", "warn" or "error"
            ^ Level::LOUD
        resilient(level = level())
          expected a level; write "trace", "debug", "info", "warn" or "error"
            ^ level()
        resilient(fields = id)
          `fields` takes a list; write `fields(user.id = id)`
            ^ fields
        resilient(fields)
          `fields` takes a list; write `fields(user.id = id)`
            ^ fields
    "#]]
    .assert_eq(&errors(&[
        r#"name = """#,
        "name = 5",
        "name = NAME",
        r#"level = "inf""#,
        r#"level = "loud""#,
        "level = 6",
        "level = -1",
        "level = Level::LOUD",
        "level = level()",
        "fields = id",
        "fields",
    ]));
}
