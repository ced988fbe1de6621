//! The example that shows an expansion by hand is what the attribute writes.

use quote::ToTokens;
use syn::{Item, ItemFn, ItemMod, Meta};

const EXAMPLE: &str = include_str!("../../../examples/expanded.rs");

/// The function `load_user` of one of the example's modules.
fn load_user(module: &str) -> ItemFn {
    let file = syn::parse_file(EXAMPLE).unwrap();
    let items = file.items.into_iter().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == module => Some(items),
        _ => None,
    });
    let function = items.unwrap().into_iter().find_map(|item| match item {
        Item::Fn(function) if function.sig.ident == "load_user" => Some(function),
        _ => None,
    });
    function.unwrap()
}

#[test]
fn the_expansion_by_hand_is_the_real_one() {
    let mut annotated = load_user("annotated");
    let Meta::List(attribute) = annotated.attrs.remove(0).meta else { panic!("no arguments") };
    let expansion = crate::resilient::resilient(attribute.tokens, &annotated.to_token_stream());
    let written = |tokens| prettyplease::unparse(&syn::parse2(tokens).unwrap());
    assert_eq!(written(load_user("expanded").to_token_stream()), written(expansion));
}

#[test]
fn the_page_of_the_attribute_shows_it() {
    let page = include_str!("../resilient.md");
    let code = page.split("# What it expands to").nth(1).unwrap();
    let code = code.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
    let indented =
        code.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    let indented = indented.collect::<Vec<_>>().join("\n");
    assert!(EXAMPLE.contains(&indented), "copy the function from the example:\n{code}");
}
