//! The marks: how a variant, or a struct, is to be taken.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Fields, Ident, Member, Meta, Path};

use super::setting::{self, Form, Setting, settings};
use super::{Errors, word};

/// What stands behind the attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Enum,
    Variant,
    Struct,
}

impl Owner {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Variant => "variant",
            Self::Struct => "struct",
        }
    }
}

/// One mark.
#[derive(Clone)]
pub(super) enum Mark {
    Transient,
    Permanent,
    /// The field that holds the delay the dependency asks for.
    Throttled(Option<Member>),
    Ignored,
    /// The only field answers; the token is `transparent` itself.
    Transparent(TokenStream),
    /// Reported already, and not to be reported as missing.
    Invalid,
}

/// What the attributes of one owner say.
#[derive(Default)]
pub(super) struct Marks {
    pub(super) mark: Option<Mark>,
    pub(super) runtime: Option<Path>,
}

/// Whether this is one of the attributes that belong to the derive.
pub(super) fn is_ours(attribute: &Attribute) -> bool {
    let ours = ["transient", "permanent", "throttled", "ignored", "classify"];
    word(attribute).is_some_and(|word| ours.contains(&word.as_str()))
}

/// Reads the attributes of one owner; those of others are left alone.
pub(super) fn read(owner: Owner, attributes: &[Attribute], errors: &mut Errors) -> Marks {
    let mut marks = Marks::default();
    for attribute in attributes {
        let mark = match word(attribute).as_deref() {
            Some("transient") => plain(attribute, Mark::Transient, errors),
            Some("permanent") => plain(attribute, Mark::Permanent, errors),
            Some("ignored") => plain(attribute, Mark::Ignored, errors),
            Some("throttled") => throttled(owner, attribute, errors),
            Some("classify") => {
                classify(owner, attribute, &mut marks, errors);
                continue;
            }
            _ => continue,
        };
        marks.add(attribute.path(), owner, mark, errors);
    }
    marks
}

impl Marks {
    /// `mark`, written as `tokens`, unless there is one already.
    fn add(&mut self, tokens: impl ToTokens, owner: Owner, mark: Mark, errors: &mut Errors) {
        if matches!(self.mark, None | Some(Mark::Invalid)) {
            self.mark = Some(mark);
        } else {
            errors.push(tokens, format_args!("this {} has a mark already; keep one", owner.as_str()));
        }
    }

    /// Something that may have been meant as a mark, and is reported as what it is.
    fn add_invalid(&mut self) {
        self.mark.get_or_insert(Mark::Invalid);
    }
}

impl Mark {
    /// Holds the mark against the fields it is about.
    pub(super) fn check(&self, name: &Ident, fields: &Fields, errors: &mut Errors) {
        match self {
            Self::Throttled(Some(member)) if setting::field(fields, member).is_none() => {
                errors.push(member, setting::no_such_field(name, fields, member));
            }
            Self::Transparent(key) if fields.len() != 1 => {
                let count = fields.len();
                errors.push(
                    key,
                    format_args!("`transparent` lets the only field answer, and `{name}` has {count}; choose another mark"),
                );
            }
            _ => {}
        }
    }
}

/// A mark that is one word.
fn plain(attribute: &Attribute, mark: Mark, errors: &mut Errors) -> Mark {
    if let Meta::Path(_) = attribute.meta {
        return mark;
    }
    let path = attribute.path().to_token_stream();
    errors.push(&attribute.meta, format_args!("`{path}` takes no settings; write `#[{path}]`"));
    Mark::Invalid
}

/// `throttled` or `throttled(retry_after = field)`.
fn throttled(owner: Owner, attribute: &Attribute, errors: &mut Errors) -> Mark {
    const FORMS: &str = "write `#[throttled]` or `#[throttled(retry_after = field)]`";

    let list = match &attribute.meta {
        Meta::Path(_) => return Mark::Throttled(None),
        Meta::List(list) if !list.tokens.is_empty() => list,
        _ => {
            errors.push(&attribute.meta, format_args!("this is not how `throttled` is written; {FORMS}"));
            return Mark::Invalid;
        }
    };
    let (mut member, mut is_given, before) = (None, false, errors.0.len());
    for Setting { tokens, key, form } in settings(&list.tokens) {
        let name = key.as_ref().map(Ident::to_string).unwrap_or_default();
        match (name.as_str(), form) {
            ("retry_after", Form::Value(_)) if is_given => {
                errors.push(key, "`retry_after` is given twice; keep one");
            }
            ("retry_after", Form::Value(_)) if owner == Owner::Enum => {
                errors.push(key, "`retry_after` names a field of one variant; mark that variant with it");
            }
            ("retry_after", Form::Value(value)) => {
                is_given = true;
                member = setting::member(value, errors);
            }
            ("retry_after", _) => {
                errors.push(tokens, "`retry_after` needs a field; write `retry_after = field`");
            }
            _ => errors.push(tokens, format_args!("`throttled` has no such setting; {FORMS}")),
        }
    }
    if errors.0.len() > before { Mark::Invalid } else { Mark::Throttled(member) }
}

/// `classify(transparent)` and `classify(crate = path)`.
fn classify(owner: Owner, attribute: &Attribute, marks: &mut Marks, errors: &mut Errors) {
    const FORMS: &str = "write `#[classify(transparent)]` or `#[classify(crate = path)]`";

    let list = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => list,
        _ => {
            errors.push(&attribute.meta, format_args!("this is not how `classify` is written; {FORMS}"));
            return marks.add_invalid();
        }
    };
    for Setting { tokens, key, form } in settings(&list.tokens) {
        let name = key.as_ref().map(Ident::to_string).unwrap_or_default();
        match (name.as_str(), form) {
            ("crate", _) if owner == Owner::Variant => {
                errors.push(key, "`crate` holds for the whole enum; move it there");
            }
            ("crate", _) if marks.runtime.is_some() => {
                errors.push(key, "`crate` is given twice; keep one");
            }
            ("crate", Form::Value(value)) => marks.runtime = setting::path(value, errors),
            ("crate", _) => errors.push(tokens, "`crate` needs a path; write `crate = path`"),
            // From here on it is a mark, or may have been meant as one.
            ("transparent", Form::Word) if owner != Owner::Enum => {
                marks.add(&tokens, owner, Mark::Transparent(tokens.clone()), errors);
            }
            ("transparent", Form::Word) => {
                errors.push(
                    tokens,
                    "`transparent` lets a field answer, and an enum has none; mark its variants",
                );
                marks.add_invalid();
            }
            ("transparent", _) => {
                errors.push(tokens, "`transparent` takes no value; write `#[classify(transparent)]`");
                marks.add_invalid();
            }
            ("transient" | "permanent" | "throttled" | "ignored", _) => {
                errors.push(key, format_args!("`{name}` is a mark of its own; write `#[{name}]`"));
                marks.add_invalid();
            }
            ("default", _) => {
                errors.push(key, "a default is a mark on the enum; write it there, like `#[transient]`");
                marks.add_invalid();
            }
            _ => {
                errors.push(tokens, format_args!("`classify` has no such setting; {FORMS}"));
                marks.add_invalid();
            }
        }
    }
}
