//! What the derive says.

use expect_test::{Expect, expect};

use crate::classify::{Errors, read};

/// Each mistake in `item`: the text it underlines, and the sentence.
#[track_caller]
fn says(item: &str, expected: &Expect) {
    let item = syn::parse_str(item).unwrap();
    let mut errors = Errors::default();
    read(&item, &mut errors);
    let lines = errors.0.iter().map(|error| {
        let text = error.span().source_text().unwrap();
        format!("{text}: {error}\n")
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn attributes_of_others_are_left_alone() {
    says(
        "#[derive(Debug)] #[serde(rename_all = \"snake_case\")] enum E {
            #[error(\"no: {0}\")] #[transient] #[cfg(unix)] A(#[from] #[source] io::Error),
            /// Documented.
            #[classify(transparent)] #[error(transparent)] B { #[from] source: io::Error },
        }",
        &expect![],
    );
}

#[test]
fn a_variant_without_a_mark_is_refused() {
    says(
        "enum E { #[transient] A, B, C(u8) }",
        &expect![[r#"
        B: `B` has no mark; write `#[transient]`, `#[permanent]`, `#[throttled]`, `#[ignored]` or `#[classify(transparent)]` before it
        C: `C` has no mark; write `#[transient]`, `#[permanent]`, `#[throttled]`, `#[ignored]` or `#[classify(transparent)]` before it
    "#]],
    );
    says(
        "struct S;",
        &expect![[r#"
        S: `S` has no mark; write `#[transient]`, `#[permanent]`, `#[throttled]`, `#[ignored]` or `#[classify(transparent)]` before it
    "#]],
    );
}

#[test]
fn one_owner_has_one_mark() {
    says(
        "enum E {
            #[transient] #[permanent] A,
            #[ignored] #[ignored] B,
            #[classify(transparent)] #[throttled] C(F),
            #[transient] #[classify(transparent)] D(F),
        }",
        &expect![[r#"
            permanent: this variant has a mark already; keep one
            ignored: this variant has a mark already; keep one
            throttled: this variant has a mark already; keep one
            transparent: this variant has a mark already; keep one
        "#]],
    );
    says(
        "#[transient] #[permanent] enum E { A }",
        &expect![[r#"
            permanent: this enum has a mark already; keep one
        "#]],
    );
    says(
        "#[transient] #[permanent] struct S;",
        &expect![[r#"
            permanent: this struct has a mark already; keep one
        "#]],
    );
}

#[test]
fn a_plain_mark_takes_no_settings() {
    says(
        "enum E { #[transient()] A, #[permanent = \"yes\"] B, #[ignored(always)] C }",
        &expect![[r#"
        transient(): `transient` takes no settings; write `#[transient]`
        permanent = "yes": `permanent` takes no settings; write `#[permanent]`
        ignored(always): `ignored` takes no settings; write `#[ignored]`
    "#]],
    );
}

#[test]
fn throttled_takes_one_field() {
    says(
        "enum E {
            #[throttled()] A,
            #[throttled = after] B,
            #[throttled(after)] C { after: Duration },
            #[throttled(retry_after)] D { after: Duration },
            #[throttled(retry_after 3)] F { after: Duration },
            #[throttled(retry_after = \"after\")] G { after: Duration },
            #[throttled(retry_after = \"1s\")] K { after: Duration },
            #[throttled(retry_after = self.after)] H { after: Duration },
            #[throttled(retry_after = after, retry_after = after)] I { after: Duration },
            #[throttled(retry_in = after)] J { after: Duration },
        }",
        &expect![[r#"
            throttled(): this is not how `throttled` is written; write `#[throttled]` or `#[throttled(retry_after = field)]`
            throttled = after: this is not how `throttled` is written; write `#[throttled]` or `#[throttled(retry_after = field)]`
            after: `throttled` has no such setting; write `#[throttled]` or `#[throttled(retry_after = field)]`
            retry_after: `retry_after` needs a field; write `retry_after = field`
            retry_after 3: `retry_after` needs a field; write `retry_after = field`
            "after": a field is named without quotes; write `retry_after = after`
            "1s": this is not a field; write its name or its number, like `retry_after = 0`
            self.after: this is not a field; write its name or its number, like `retry_after = 0`
            retry_after: `retry_after` is given twice; keep one
            retry_in = after: `throttled` has no such setting; write `#[throttled]` or `#[throttled(retry_after = field)]`
        "#]],
    );
}

#[test]
fn the_field_exists() {
    says(
        "enum E {
            #[throttled(retry_after = afer)] A { after: Duration },
            #[throttled(retry_after = x)] B { after: Duration, why: String },
            #[throttled(retry_after = 2)] C(Duration, String),
            #[throttled(retry_after = after)] D(Duration),
            #[throttled(retry_after = 0)] F { after: Duration },
            #[throttled(retry_after = 0)] G,
        }",
        &expect![[r#"
            afer: `A` has no field `afer`; did you mean `after`?
            x: `B` has no field `x`; write `after` or `why`
            2: `C` has no field `2`; write `0` or `1`
            after: `D` has no field `after`; write `0`
            0: `F` has no field `0`; write `after`
            0: `G` has no fields; add one for the delay, or write `#[throttled]`
        "#]],
    );
    says(
        "#[throttled(retry_after = 1)] struct S(Duration);",
        &expect![[r#"
            1: `S` has no field `1`; write `0`
        "#]],
    );
}

#[test]
fn a_default_names_no_field() {
    says(
        "#[throttled(retry_after = after)] enum E { A { after: Duration }, B }",
        &expect![[r#"
        retry_after: `retry_after` names a field of one variant; mark that variant with it
    "#]],
    );
    says(
        "#[classify(transparent)] enum E { A(F), B(F) }",
        &expect![[r#"
        transparent: `transparent` lets a field answer, and an enum has none; mark its variants
    "#]],
    );
}

#[test]
fn transparent_has_one_field() {
    says(
        "enum E { #[classify(transparent)] A, #[classify(transparent)] B(F, F), #[classify(transparent)] C {} }",
        &expect![[r#"
            transparent: `transparent` lets the only field answer, and `A` has 0; choose another mark
            transparent: `transparent` lets the only field answer, and `B` has 2; choose another mark
            transparent: `transparent` lets the only field answer, and `C` has 0; choose another mark
        "#]],
    );
}

#[test]
fn classify_has_two_words() {
    says(
        "enum E {
            #[classify] A,
            #[classify()] B,
            #[classify = \"transparent\"] C(F),
            #[classify(transparant)] D(F),
            #[classify(transparent = true)] G(F),
            #[classify(transient)] H,
            #[classify(crate = my)] #[transient] I,
        }",
        &expect![[r#"
            classify: this is not how `classify` is written; write `#[classify(transparent)]` or `#[classify(crate = path)]`
            classify(): this is not how `classify` is written; write `#[classify(transparent)]` or `#[classify(crate = path)]`
            classify = "transparent": this is not how `classify` is written; write `#[classify(transparent)]` or `#[classify(crate = path)]`
            transparant: `classify` has no such setting; write `#[classify(transparent)]` or `#[classify(crate = path)]`
            transparent = true: `transparent` takes no value; write `#[classify(transparent)]`
            transient: `transient` is a mark of its own; write `#[transient]`
            crate: `crate` holds for the whole enum; move it there
        "#]],
    );
    says(
        "#[classify(default = transient)] enum E { A, B }",
        &expect![[r#"
        default: a default is a mark on the enum; write it there, like `#[transient]`
    "#]],
    );
    says(
        "#[classify(crate)] #[transient] enum E { A }",
        &expect![[r#"
            crate: `crate` needs a path; write `crate = path`
        "#]],
    );
    says(
        "#[classify(crate = \"my::runtime\")] #[transient] enum E { A }",
        &expect![[r#"
        "my::runtime": a path is written without quotes; write `crate = my::runtime`
    "#]],
    );
    says(
        "#[classify(crate = 3)] #[transient] enum E { A }",
        &expect![[r#"
        3: this is not a path; write one, like `crate = my_crate::resilience_runtime`
    "#]],
    );
    says(
        "#[classify(crate = a, crate = b)] #[transient] enum E { A }",
        &expect![[r#"
        crate: `crate` is given twice; keep one
    "#]],
    );
}

#[test]
fn a_mark_on_a_field_is_refused() {
    says(
        "enum E { #[transient] A(#[transient] F), #[permanent] B { #[classify(transparent)] inner: F } }",
        &expect![[r#"
            transient: a mark on a field has no effect; move it before the variant
            classify: a mark on a field has no effect; move it before the variant
        "#]],
    );
    says(
        "#[transient] struct S(#[throttled] F);",
        &expect![[r#"
        throttled: a mark on a field has no effect; move it before the struct
    "#]],
    );
}

#[test]
fn a_union_is_refused() {
    says(
        "union U { a: u8, b: u16 }",
        &expect![[r#"
        union: `Classify` cannot tell what a union holds; derive it for an enum or a struct
    "#]],
    );
}

#[test]
fn a_correct_mark_beside_a_broken_one_is_not_a_second_mistake() {
    says(
        "enum E { #[classify(transparant)] #[transient] A, #[transient(3)] #[permanent] B }",
        &expect![[r#"
        transparant: `classify` has no such setting; write `#[classify(transparent)]` or `#[classify(crate = path)]`
        transient(3): `transient` takes no settings; write `#[transient]`
    "#]],
    );
}
