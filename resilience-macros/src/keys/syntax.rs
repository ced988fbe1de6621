//! Splits the tokens of an attribute or of a group into items, and goes on behind what it cannot read.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Lit, Token, token};

use super::rooms;
use crate::diag::Diagnostics;
use crate::value::{literal, peel};
use crate::written::{Form, Room};

/// `key`, `key = value` or `key(..)`.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) key: Ident,
    pub(super) form: Form,
}

/// The items of one list.
#[derive(Default)]
pub(super) struct Items {
    /// The value without a key that a group begins with.
    pub(super) headline: Option<Expr>,
    pub(super) keyed: Vec<Item>,
    /// Whether a part of the list could not be read, so that nothing can be said to be missing.
    pub(super) unclear: bool,
}

/// Reads the list of the attribute itself, or of the group of `room`.
pub(super) fn read(tokens: TokenStream, room: Option<&Room>, diagnostics: &mut Diagnostics) -> Items {
    let mut reader = Reader { items: Items::default(), room, diagnostics };
    let parser = |input: ParseStream<'_>| {
        reader.list(input);
        Ok(())
    };
    match parser.parse2(tokens) {
        Ok(()) => {}
        // `list` reads to the end and reports by itself, so there is nothing left to go wrong.
        Err(error) => reader.diagnostics.add(error),
    }
    reader.items
}

struct Reader<'a> {
    items: Items,
    room: Option<&'a Room>,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn list(&mut self, input: ParseStream<'_>) {
        while !input.is_empty() {
            if input.peek(Token![,]) {
                self.refuse(next(input), "nothing stands before this comma; remove it");
                skip(input);
                continue;
            }
            self.item(input);
            self.comma(input);
        }
    }

    fn item(&mut self, input: ParseStream<'_>) {
        if !self.starts_item(input) {
            return self.headline(input);
        }
        let Ok(key) = input.call(Ident::parse_any) else { return self.headline(input) };
        let key = self.with_underscores(key, input);
        let form = if equals(input) {
            self.value(&key, input)
        } else if input.peek(token::Paren) {
            list(input)
        } else if input.is_empty() || input.peek(Token![,]) {
            Form::Word
        } else if input.peek(token::Bracket) || input.peek(token::Brace) {
            self.refuse(next(input), format_args!("`{key}` takes parentheses; write `{key}(..)`"));
            eat(input)
        } else if begins_item(input) {
            // Only the comma is missing, which `comma` says.
            Form::Word
        } else {
            self.refuse(next(input), format_args!("expected `=` after `{key}`; write `{key} = ..`"));
            eat(input)
        };
        self.items.keyed.push(Item { key, form });
    }

    /// `rate-limit` as the key that it is meant to be.
    fn with_underscores(&mut self, mut key: Ident, input: ParseStream<'_>) -> Ident {
        while input.peek(Token![-]) && input.peek2(Ident::peek_any) {
            skip(input);
            let Ok(rest) = input.call(Ident::parse_any) else { break };
            key = format_ident!("{key}_{rest}", span = key.span());
            if !input.peek(Token![-]) {
                self.refuse(&key, format_args!("`{key}` is written with `_`, not with `-`"));
            }
        }
        key
    }

    /// Whether the input goes on with a key. In a group a word may also be the path the group begins with.
    fn starts_item(&self, input: ParseStream<'_>) -> bool {
        if self.room.is_none() {
            return input.peek(Ident::peek_any) && !input.peek2(Token![::]) && !is_bool(input);
        }
        let is_path = input.peek2(Token![::]);
        begins_item(input)
            || !is_path && input.fork().call(Ident::parse_any).is_ok_and(|key| rooms::is_key(&key))
    }

    fn value(&mut self, key: &Ident, input: ParseStream<'_>) -> Form {
        // `equals` has seen it.
        let _ = input.parse::<Token![=]>();
        if input.is_empty() || input.peek(Token![,]) {
            self.refuse(key, rooms::needs_value(key, self.room));
            return Form::Unreadable;
        }
        if input.fork().parse::<Expr>().is_ok() {
            return input.parse().map_or(Form::Unreadable, Form::Value);
        }
        let like = rooms::like(key, self.room);
        self.unreadable(input, format_args!("`{key}` takes one expression{like}"));
        Form::Unreadable
    }

    /// Refuses what stands in front of the next comma: a percentage without quotes, or anything else that is no
    /// expression.
    fn unreadable(&mut self, input: ParseStream<'_>, message: impl std::fmt::Display) {
        let value = tokens_to_comma(input);
        let text = value.to_string().replace(' ', "");
        if text.strip_suffix('%').is_some_and(|number| number.parse::<f64>().is_ok()) {
            self.refuse(value, format_args!("`{text}` needs quotes; write \"{text}\""));
        } else {
            self.refuse(value, message);
        }
    }

    /// The value without a key at the start of a group; anywhere else it is a mistake.
    fn headline(&mut self, input: ParseStream<'_>) {
        // A failed parse stands somewhere in the middle, so it is tried on a copy.
        let value = input.fork().parse::<Expr>().and_then(|_| input.parse::<Expr>());
        let Ok(value) = value else {
            return self.unreadable(input, "expected an option, like `timeout = \"2s\"`");
        };
        match self.room {
            Some(_) if self.items.headline.is_none() && self.items.keyed.is_empty() => {
                self.items.headline = Some(value);
            }
            Some(room) => {
                let name = room.name;
                self.refuse(value, format_args!("only the first value in `{name}(..)` stands without a key"));
            }
            None => {
                let text = match literal(peel(&value)) {
                    Some((Lit::Str(text), _)) => text.value(),
                    _ => String::new(),
                };
                let keyed = rooms::keyed(&text).unwrap_or_else(|| "timeout = \"2s\"".to_owned());
                self.refuse(value, format_args!("a value needs its key, as in `{keyed}`"));
            }
        }
    }

    /// The comma behind an item; without one, reading goes on at what looks like the next item.
    fn comma(&mut self, input: ParseStream<'_>) {
        if input.is_empty() {
            return;
        }
        if !input.peek(Token![,]) {
            let unexpected = next(input);
            self.refuse(&unexpected, format_args!("expected `,` before `{unexpected}`"));
            if begins_item(input) {
                return;
            }
            eat(input);
        }
        skip(input);
    }

    fn refuse(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.items.unclear = true;
        self.diagnostics.push(at, message);
    }
}

/// Whether a lone `=` comes next, not `==` or `=>`.
fn equals(input: ParseStream<'_>) -> bool {
    input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>])
}

/// Whether `key = ..` comes next.
fn begins_item(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && equals(&ahead)
}

fn is_bool(input: ParseStream<'_>) -> bool {
    input.peek(syn::LitBool)
}

fn list(input: ParseStream<'_>) -> Form {
    let parse = |input: ParseStream<'_>| {
        let content;
        syn::parenthesized!(content in input);
        content.parse::<TokenStream>()
    };
    parse(input).map_or(Form::Unreadable, Form::List)
}

/// The next token, for underlining it.
fn next(input: ParseStream<'_>) -> TokenStream {
    let token = input.cursor().token_tree().map(|(token, _)| token);
    quote!(#token)
}

/// Steps over one token.
fn skip(input: ParseStream<'_>) {
    let _ = input.parse::<TokenTree>();
}

/// Steps over everything up to the next comma.
fn eat(input: ParseStream<'_>) -> Form {
    tokens_to_comma(input);
    Form::Unreadable
}

fn tokens_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        if let Ok(token) = input.parse::<TokenTree>() {
            tokens.append(token);
        }
    }
    tokens
}
