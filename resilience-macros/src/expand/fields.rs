//! What the fields of a span take from the function: they are evaluated once a call, in front of the attempts,
//! where some arguments have another name or are not yet taken apart.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::punctuated::IterMut;
use syn::{FieldPat, Pat, PatWild, Token};

/// The expressions of `fields`, without the names they are recorded by: of `user.id = id, %name`, `id` and `%name`.
fn values(fields: &TokenStream) -> TokenStream {
    let mut values = TokenStream::new();
    let (mut item, mut named) = (Vec::new(), false);
    for token in fields.clone() {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                named = false;
                values.append_all(&item);
                item.clear();
            }
            // Only the first one: any other is part of the expression.
            TokenTree::Punct(equals) if equals.as_char() == '=' && !named => {
                named = true;
                item.clear();
            }
            _ => item.push(token),
        }
    }
    values.append_all(&item);
    values
}

/// Whether `tokens` use the variable `name`, by itself or in a format string.
pub(crate) fn uses(tokens: TokenStream, name: &str) -> bool {
    let in_text = name.trim_start_matches("r#");
    // After one dot stands a part of something, after two the end of a range.
    let mut dots = 0;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => core::mem::take(&mut dots) != 1 && ident == name,
        TokenTree::Group(group) => uses(group.stream(), name),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let forms = [format!("{{{in_text}}}"), format!("{{{in_text}:"), format!("{in_text}$")];
            text.starts_with(['"', 'r']) && forms.iter().any(|form| text.contains(form))
        }
        TokenTree::Punct(punct) => {
            dots = if punct.as_char() == '.' { dots + 1 } else { 0 };
            false
        }
    })
}

/// Whether the argument `name` is of no use to `body`, and nobody is to be told: `fields` use it, or it begins with
/// an underscore.
pub(super) fn is_idle(name: &str, body: &TokenStream, fields: Option<&TokenStream>) -> bool {
    let is_excused = name.starts_with('_') || fields.is_some_and(|fields| uses(values(fields), name));
    is_excused && !uses(body.clone(), name)
}

/// `pattern` with those names alone that `fields` use; `None` where they use none.
///
/// The others would be unused variables, as a `mut` would be an unused one.
pub(super) fn part(pattern: &Pat, fields: &TokenStream) -> Option<TokenStream> {
    let mut keep = Keep { values: values(fields), kept: false };
    let mut pattern = pattern.clone();
    keep.in_pattern(&mut pattern);
    keep.kept.then(|| pattern.to_token_stream())
}

struct Keep {
    values: TokenStream,
    kept: bool,
}

impl Keep {
    fn in_pattern(&mut self, pattern: &mut Pat) {
        if let Pat::Ident(name) = pattern {
            if uses(self.values.clone(), &name.ident.to_string()) {
                self.kept = true;
                name.mutability = None;
            } else {
                *pattern = match name.subpat.take() {
                    Some((_, inner)) => *inner,
                    None => Pat::Wild(PatWild {
                        attrs: Vec::new(),
                        underscore_token: Token![_](name.ident.span()),
                    }),
                };
                if matches!(pattern, Pat::Wild(_)) {
                    return;
                }
            }
        }
        match pattern {
            Pat::Ident(name) => {
                if let Some((_, inner)) = &mut name.subpat {
                    self.in_pattern(inner);
                }
            }
            Pat::Or(or) => self.in_patterns(or.cases.iter_mut()),
            Pat::Slice(slice) => self.in_patterns(slice.elems.iter_mut()),
            Pat::Tuple(tuple) => self.in_patterns(tuple.elems.iter_mut()),
            Pat::TupleStruct(tuple) => self.in_patterns(tuple.elems.iter_mut()),
            Pat::Struct(fields) => {
                for field in &mut fields.fields {
                    self.in_field(field);
                }
            }
            Pat::Paren(paren) => self.in_pattern(&mut paren.pat),
            Pat::Reference(reference) => self.in_pattern(&mut reference.pat),
            Pat::Type(typed) => self.in_pattern(&mut typed.pat),
            _ => {}
        }
    }

    fn in_patterns(&mut self, patterns: IterMut<'_, Pat>) {
        for pattern in patterns {
            self.in_pattern(pattern);
        }
    }

    fn in_field(&mut self, field: &mut FieldPat) {
        self.in_pattern(&mut field.pat);
        if matches!(*field.pat, Pat::Wild(_)) && field.colon_token.is_none() {
            field.colon_token = Some(Token![:](proc_macro2::Span::call_site()));
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse::Parser;

    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().unwrap()
    }

    fn part_of(pattern: &str, fields: &str) -> Option<String> {
        let pattern = Pat::parse_single.parse_str(pattern).unwrap();
        part(&pattern, &tokens(fields)).map(|part| part.to_string().replace(' ', ""))
    }

    #[test]
    fn the_values_of_fields_are_found() {
        let values = values(&tokens(r#"a.b = c == d, %e, ?f.g, "h" = i, { J } = { k = 1 }, l = Empty,"#));
        assert_eq!(values.to_string(), quote!(c == d %e ?f.g i { k = 1 } Empty).to_string());
    }

    #[test]
    fn a_format_string_uses_what_it_names() {
        assert!(uses(tokens(r#"format!("{id:?}")"#), "id"));
        assert!(uses(tokens(r#"format!("{id}")"#), "id"));
        assert!(!uses(tokens(r#"format!("id {idea}")"#), "id"));
    }

    #[test]
    fn a_pattern_keeps_what_fields_use() {
        assert_eq!(part_of("(mut a, b)", "a").as_deref(), Some("(a,_)"));
        assert_eq!(part_of("Point { x, y, .. }", "k = y + 1").as_deref(), Some("Point{x:_,y,..}"));
        assert_eq!(part_of("Point { x: Some(z), mut y }", "%z").as_deref(), Some("Point{x:Some(z),y:_}"));
        assert_eq!(part_of("whole @ (a, b)", "b").as_deref(), Some("(_,b)"));
        assert_eq!(part_of("(a, b)", "a = 1, b.c = 2, d.a, e = ?f.b"), None);
        assert_eq!(part_of("(a, b)", "?a.b, c = 0..b").as_deref(), Some("(a,b)"));
    }
}
