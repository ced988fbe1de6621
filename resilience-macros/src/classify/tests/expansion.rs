//! What the derive writes.

use expect_test::{Expect, expect};

use crate::classify::derive;

/// The implementation written for `item`, formatted.
#[track_caller]
fn writes(item: &str, expected: &Expect) {
    let tokens = derive(item.parse().unwrap());
    expected.assert_eq(&prettyplease::unparse(&syn::parse2(tokens).unwrap()));
}

#[test]
fn every_mark_becomes_its_class() {
    writes(
        "enum ApiError {
            #[transient] Unreachable,
            #[permanent] NotFound { id: u64 },
            #[transient] Reset(u8),
            #[throttled] Busy,
            #[throttled(retry_after = after)] SlowDown { after: Duration, why: String },
            #[throttled(retry_after = 1)] Later(String, Option<Duration>),
            #[ignored] Cancelled,
            #[classify(transparent)] Io(std::io::Error),
        }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for ApiError {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self::Unreachable { .. } | Self::Reset { .. } => {
                            ::resilience_runtime::Class::Transient
                        }
                        Self::NotFound { .. } => ::resilience_runtime::Class::Permanent,
                        Self::Busy { .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: ::core::option::Option::None,
                            }
                        }
                        Self::Cancelled { .. } => ::resilience_runtime::Class::Ignored,
                        Self::SlowDown { after: retry_after, .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: <Duration as ::resilience_runtime::__private::RetryAfter>::retry_after(
                                    retry_after,
                                ),
                            }
                        }
                        Self::Later { 1: retry_after, .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: <Option<
                                    Duration,
                                > as ::resilience_runtime::__private::RetryAfter>::retry_after(
                                    retry_after,
                                ),
                            }
                        }
                        Self::Io { 0: inner } => {
                            <std::io::Error as ::resilience_runtime::Classify>::classify(inner)
                        }
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self::Unreachable { .. } => "ApiError::Unreachable",
                        Self::NotFound { .. } => "ApiError::NotFound",
                        Self::Reset { .. } => "ApiError::Reset",
                        Self::Busy { .. } => "ApiError::Busy",
                        Self::SlowDown { .. } => "ApiError::SlowDown",
                        Self::Later { .. } => "ApiError::Later",
                        Self::Cancelled { .. } => "ApiError::Cancelled",
                        Self::Io { 0: inner } => {
                            <std::io::Error as ::resilience_runtime::Classify>::error_type(inner)
                        }
                    }
                }
            }
        "##]],
    );
}

#[test]
fn a_mark_on_the_enum_is_the_default() {
    writes(
        "#[transient] enum E { A, #[permanent] B, C }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for E {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self::A { .. } | Self::C { .. } => ::resilience_runtime::Class::Transient,
                        Self::B { .. } => ::resilience_runtime::Class::Permanent,
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self::A { .. } => "E::A",
                        Self::B { .. } => "E::B",
                        Self::C { .. } => "E::C",
                    }
                }
            }
        "##]],
    );
}

#[test]
fn a_struct_carries_its_mark_itself() {
    writes(
        "#[permanent] struct NotFound;",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for NotFound {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self { .. } => ::resilience_runtime::Class::Permanent,
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self { .. } => "NotFound",
                    }
                }
            }
        "##]],
    );
    writes(
        "#[throttled(retry_after = after)] struct SlowDown { after: Duration }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for SlowDown {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self { after: retry_after, .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: <Duration as ::resilience_runtime::__private::RetryAfter>::retry_after(
                                    retry_after,
                                ),
                            }
                        }
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self { .. } => "SlowDown",
                    }
                }
            }
        "##]],
    );
    writes(
        "#[classify(transparent)] struct Wrapped(std::io::Error);",
        &expect![[r#"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for Wrapped {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self { 0: inner } => {
                            <std::io::Error as ::resilience_runtime::Classify>::classify(inner)
                        }
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self { 0: inner } => {
                            <std::io::Error as ::resilience_runtime::Classify>::error_type(inner)
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn generic_fields_bring_the_bounds_they_need() {
    writes(
        "enum Either<'a, L, R: Debug, const N: usize> where L: Debug {
            #[classify(transparent)] Left(Box<L>),
            #[throttled(retry_after = 0)] Right(R),
            #[transient] Neither(&'a [L; N]),
        }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<'a, L, R: Debug, const N: usize> ::resilience_runtime::Classify
            for Either<'a, L, R, N>
            where
                L: Debug,
                Box<L>: ::resilience_runtime::Classify,
                R: ::core::clone::Clone
                    + ::core::convert::Into<::core::option::Option<::core::time::Duration>>,
            {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self::Neither { .. } => ::resilience_runtime::Class::Transient,
                        Self::Left { 0: inner } => {
                            <Box<L> as ::resilience_runtime::Classify>::classify(inner)
                        }
                        Self::Right { 0: retry_after, .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: <R as ::resilience_runtime::__private::RetryAfter>::retry_after(
                                    retry_after,
                                ),
                            }
                        }
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self::Left { 0: inner } => {
                            <Box<L> as ::resilience_runtime::Classify>::error_type(inner)
                        }
                        Self::Right { .. } => "Either::Right",
                        Self::Neither { .. } => "Either::Neither",
                    }
                }
            }
        "##]],
    );
}

#[test]
fn an_enum_without_variants_has_an_implementation() {
    writes(
        "enum Never {}",
        &expect![[r#"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for Never {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match *self {}
                }
                fn error_type(&self) -> &'static str {
                    match *self {}
                }
            }
        "#]],
    );
}

#[test]
fn the_runtime_may_have_another_name() {
    writes(
        "#[classify(crate = my::runtime)] #[ignored] struct Cancelled;",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl my::runtime::Classify for Cancelled {
                fn classify(&self) -> my::runtime::Class {
                    match self {
                        Self { .. } => my::runtime::Class::Ignored,
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self { .. } => "Cancelled",
                    }
                }
            }
        "##]],
    );
}

#[test]
fn raw_names_are_told_without_their_prefix() {
    writes(
        "enum r#type { #[throttled(retry_after = r#in)] r#fn { r#in: Duration } }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::resilience_runtime::Classify for r#type {
                fn classify(&self) -> ::resilience_runtime::Class {
                    match self {
                        Self::r#fn { r#in: retry_after, .. } => {
                            ::resilience_runtime::Class::Throttled {
                                retry_after: <Duration as ::resilience_runtime::__private::RetryAfter>::retry_after(
                                    retry_after,
                                ),
                            }
                        }
                    }
                }
                fn error_type(&self) -> &'static str {
                    match self {
                        Self::r#fn { .. } => "type::fn",
                    }
                }
            }
        "##]],
    );
}

#[test]
fn a_mistake_leaves_an_implementation_so_that_uses_stay_quiet() {
    writes(
        "enum E<T> { A(T) }",
        &expect![[r##"
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<T> ::resilience_runtime::Classify for E<T> {
                fn classify(&self) -> ::resilience_runtime::Class {
                    ::resilience_runtime::Class::Transient
                }
                fn error_type(&self) -> &'static str {
                    ""
                }
            }
            ::core::compile_error! {
                "`A` has no mark; write `#[transient]`, `#[permanent]`, `#[throttled]`, `#[ignored]` or `#[classify(transparent)]` before it"
            }
        "##]],
    );
}

/// `rustc` hands over sound items only; other callers get `syn`'s own words and no panic.
#[test]
fn what_is_no_item_is_an_error() {
    let tokens = derive("fn f() {}".parse().unwrap());
    assert!(tokens.to_string().contains("compile_error"), "{tokens}");
}
