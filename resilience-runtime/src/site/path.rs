//! What a function is called, from the name that the compiler gives to the type of a closure in it.

/// The path of the function around the item `inside`, as a reader would write it: `crate::module::Type::function`,
/// without type arguments, the closures and blocks around it, and the module in which an `impl` happens to stand.
///
/// A method of a trait belongs to the type that implements it. Where that type has no path (a type parameter, a
/// slice, a tuple) or is one of the standard library, it belongs to the trait: `Vec::load` would send the reader to
/// the wrong place.
///
/// What the compiler writes is meant for people and may change: whatever is not understood stays as it is.
pub(crate) fn function_path(inside: &str) -> String {
    let function = inside.split("::__RESILIENT_SITE").next().unwrap_or(inside);
    path(function).join("::")
}

/// Whether `name` is the whole path of a function, or its last parts.
pub(crate) fn ends_with(path: &str, name: &str) -> bool {
    let before = path.strip_suffix(name);
    before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

/// The names on the way to an item.
fn path(item: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for part in split(item, "::") {
        if let Some(owner) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
            // `<Type as Trait>` stands in front, `<impl Trait for Type>` behind the module of the `impl`.
            names = owner_path(owner);
        } else if part != "{{closure}}" {
            names.push(match part.split_once('<') {
                Some((name, _)) if !name.is_empty() => name,
                _ => part,
            });
        }
    }
    names
}

/// The path of what a method belongs to: `Type`, `Type as Trait`, `impl Type` or `impl Trait for Type`.
fn owner_path(owner: &str) -> Vec<&str> {
    let (ty, of_trait) = match owner.strip_prefix("impl ") {
        Some(block) => match *split(block, " for ") {
            [of_trait, ty] => (ty, Some(of_trait)),
            _ => (block, None),
        },
        None => match *split(owner, " as ") {
            [ty, of_trait] => (ty, Some(of_trait)),
            _ => (owner, None),
        },
    };
    let of_type = type_path(ty);
    match of_trait {
        Some(of_trait) if of_type.as_deref().is_none_or(is_of_std) => path(of_trait),
        _ => of_type.unwrap_or_else(|| vec![ty]),
    }
}

/// The path of a type, or of the one it refers to; `None` for a type that has none.
fn type_path(ty: &str) -> Option<Vec<&str>> {
    let mut ty = ty.trim_start_matches('&');
    if ty.starts_with('\'') {
        ty = ty.split_once(' ')?.1;
    }
    ty = ty.strip_prefix("mut ").unwrap_or(ty);
    ty = ty.strip_prefix("dyn ").unwrap_or(ty);
    let names = path(split(ty, " + ").first()?);
    let is_name = |name: &&str| name.chars().all(|char| char == '_' || char.is_alphanumeric());
    (names.len() > 1 && names.iter().all(is_name)).then_some(names)
}

fn is_of_std(path: &[&str]) -> bool {
    matches!(path.first(), Some(&("core" | "alloc" | "std")))
}

/// The parts of `text` between separators that stand in no brackets.
fn split<'text>(text: &'text str, separator: &str) -> Box<[&'text str]> {
    let (mut parts, mut start, mut depth, mut before) = (Vec::new(), 0, 0_u32, ' ');
    for (at, char) in text.char_indices() {
        match char {
            '<' | '(' | '[' => depth += 1,
            // The arrow of a function's type closes nothing.
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                parts.push(&text[start..at]);
                start = at + separator.len();
            }
            _ => {}
        }
        before = char;
    }
    parts.push(&text[start..]);
    parts.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_path(function: &str, expected: &str) {
        let inside = format!("{function}::{{{{closure}}}}::__RESILIENT_SITE::{{{{closure}}}}");
        assert_eq!(function_path(&inside), expected);
    }

    #[test]
    fn a_path_loses_what_the_expansion_put_into_it() {
        assert_path("shop::orders::Client::load", "shop::orders::Client::load");
        assert_path("shop::main::{{closure}}::{{closure}}::load", "shop::main::load");
    }

    #[test]
    fn a_path_loses_type_arguments() {
        assert_path("shop::Pool<_>::load", "shop::Pool::load");
        assert_path("shop::Ring<N>::load", "shop::Ring::load");
        assert_path("shop::Text<'_>::load", "shop::Text::load");
        assert_path("shop::Call<fn(u8) -> shop::Id, _>::load", "shop::Call::load");
    }

    #[test]
    fn a_method_belongs_to_its_type_wherever_the_impl_stands() {
        assert_path("shop::db::<impl shop::Client>::load", "shop::Client::load");
        assert_path("shop::db::<impl shop::Pool<_>>::load", "shop::Pool::load");
        assert_path("shop::db::<impl shop::Load for shop::Client>::load", "shop::Client::load");
        assert_path("<shop::Client as shop::Load>::load", "shop::Client::load");
        assert_path("<shop::Pool<_> as shop::Load<alloc::vec::Vec<u8>>>::load", "shop::Pool::load");
        assert_path("<&shop::Client as shop::Load>::load", "shop::Client::load");
        assert_path("<&'a mut shop::Client as shop::Load>::load", "shop::Client::load");
        assert_path("<dyn shop::Store + core::marker::Send as shop::Load>::load", "shop::Store::load");
        assert_path("<dyn shop::Store>::load", "shop::Store::load");
        assert_path("shop::Load::load", "shop::Load::load");
    }

    #[test]
    fn a_method_belongs_to_its_trait_where_the_type_says_nothing() {
        for ty in [
            "_",
            "u32",
            "[shop::Client; 3]",
            "(u8, shop::Client)",
            "fn(u32) -> shop::Client",
            "alloc::vec::Vec<shop::Client>",
            "alloc::boxed::Box<dyn core::ops::function::Fn(u32) -> u32>",
        ] {
            assert_path(&format!("<{ty} as shop::Load>::load"), "shop::Load::load");
            assert_path(&format!("shop::db::<impl shop::Load for {ty}>::load"), "shop::Load::load");
        }
    }

    #[test]
    fn an_item_in_a_function_has_the_function_in_its_path() {
        assert_path("shop::Client::load::{{closure}}::again", "shop::Client::load::again");
        assert_path("shop::Client::load::{{closure}}::Local::again", "shop::Client::load::Local::again");
        assert_path(
            "<<shop::Client as shop::Load>::load::{{closure}}::Local as shop::Load>::again",
            "shop::Client::load::Local::again",
        );
    }

    #[test]
    fn a_path_of_an_unknown_form_is_left_alone() {
        assert_path("shop::{impl#3}::load", "shop::{impl#3}::load");
        assert_path("", "");
    }
}
