//! Snapshots of whole functions: one per policy, one for all together, one per shape that is written differently.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

fn check(attribute: TokenStream, item: &TokenStream, expected: &Expect) {
    let expanded = crate::resilient::resilient(attribute, item);
    expected.assert_eq(&prettyplease::unparse(&syn::parse2(expanded).unwrap()));
}

#[test]
fn a_retry() {
    check(
        quote!(retry = "exp_jitter", max = 5),
        &quote! {
            pub async fn load(id: u64, name: &str) -> Result<User, DbError> {
                fetch(id, name).await
            }
        },
        &expect![[r#"
            pub async fn load(id: u64, name: &str) -> Result<User, DbError> {
                use ::resilience_runtime::__private::{self as __resilient, Read as _};
                const _: () = __resilient::check::attempts(5).hold();
                #[__resilient::linkme::distributed_slice(__resilient::SITES)]
                #[linkme(crate = __resilient::linkme)]
                static __RESILIENT_SITE: __resilient::Site = __resilient::Site::new(
                    || (),
                    __resilient::SiteConfig::empty()
                        .retry(__resilient::Backoff::exp_jitter(__resilient::millis(100)), 5),
                );
                let __probe = __resilient::Outcome::probe(
                    __resilient::returns::<Result<User, DbError>>,
                );
                let mut __call = (&__RESILIENT_SITE)
                    .call::<
                        _,
                        { __resilient::has::NOTHING },
                    >(__resilient::Judge::new(__probe, (&&&&&__probe).__reader()));
                loop {
                    let __attempt = {
                        let id = __resilient::Argument::again(&id, ());
                        async move {
                            if false {
                                return __resilient::returns::<Result<User, DbError>>();
                            }
                            { fetch(id, name).await }
                        }
                    };
                    if let ::core::ops::ControlFlow::Break(__result) = (&mut __call)
                        .attempt(__attempt)
                        .await
                    {
                        break __result;
                    }
                }
            }
        "#]],
    );
}

#[test]
fn all_policies() {
    check(
        quote!(
            retry = "exp_jitter",
            max = 5,
            breaker = "db",
            timeout = "2s",
            deadline = "30s",
            fallback = cached
        ),
        &quote! {
            async fn load(id: u64) -> Result<User, DbError> {
                fetch(id).await
            }
        },
        &expect![[r#"
            async fn load(id: u64) -> Result<User, DbError> {
                use ::resilience_runtime::__private::{
                    self as __resilient, Ask as _, Give as _, Read as _, Reject as _,
                };
                const _: () = __resilient::check::timeout(__resilient::secs(2)).hold();
                const _: () = __resilient::check::deadline(__resilient::secs(30)).hold();
                const _: () = __resilient::check::timeout_below_deadline(
                        __resilient::secs(2),
                        __resilient::secs(30),
                    )
                    .hold();
                const _: () = __resilient::check::attempts(5).hold();
                const _: () = __resilient::check::fits_deadline(
                        &__resilient::Backoff::exp_jitter(__resilient::millis(100)),
                        5,
                        ::core::option::Option::Some(__resilient::secs(2)),
                        __resilient::secs(30),
                    )
                    .hold();
                #[__resilient::linkme::distributed_slice(__resilient::SITES)]
                #[linkme(crate = __resilient::linkme)]
                static __RESILIENT_SITE: __resilient::Site = __resilient::Site::new(
                    || (),
                    __resilient::SiteConfig::empty()
                        .retry(__resilient::Backoff::exp_jitter(__resilient::millis(100)), 5)
                        .breaker(__resilient::Guard::shared("db"))
                        .timeout(__resilient::secs(2))
                        .deadline(__resilient::secs(30))
                        .fallback(),
                );
                let __probe = __resilient::Outcome::probe(
                    __resilient::returns::<Result<User, DbError>>,
                );
                let __fallback = cached;
                let __takes = (&&&__resilient::Takes::of(&__fallback, [(); 1], __probe)).__kind();
                let mut __call = (&__RESILIENT_SITE)
                    .call::<
                        _,
                        { __resilient::has::BREAKER | __resilient::has::DEADLINE },
                    >(
                        __resilient::Judge::new(__probe, (&&&&&__probe).__reader())
                            .rejecting(
                                <_ as __resilient::CarriesRejected<
                                    _,
                                    _,
                                >>::by((&&&__probe).__rejecter(), __probe, ()),
                            )
                            .keeping(__takes),
                    );
                loop {
                    let __attempt = {
                        let id = __resilient::Argument::again(&id, ());
                        async move {
                            if false {
                                return __resilient::returns::<Result<User, DbError>>();
                            }
                            { fetch(id).await }
                        }
                    };
                    if let ::core::ops::ControlFlow::Break(__result) = (&mut __call)
                        .attempt(__attempt)
                        .await
                    {
                        break __result;
                    }
                    if (&__call).falls_back() {
                        let (__error, __taken) = (__takes.error(&mut __call), __takes.taken());
                        let __fallback = __takes
                            .bind(__fallback, __resilient::Taken::by(__error, __taken, ()));
                        break (&mut __call)
                            .fallback(async move {
                                let __answer = __fallback(id);
                                let __kind = (&&__resilient::Given::of(&__answer)).__kind();
                                let __answer: Result<User, DbError> = __kind.future(__answer).await;
                                __answer
                            })
                            .await;
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_single_attempt_moves_its_arguments() {
    check(
        quote!(timeout = "2s"),
        &quote! {
            async fn load(&mut self, (id, name): (u64, String)) -> io::Result<&mut User> {
                self.fetch(id, name).await
            }
        },
        &expect![[r#"
            async fn load(&mut self, (id, name): (u64, String)) -> io::Result<&mut User> {
                use ::resilience_runtime::__private::{self as __resilient, Read as _, Reject as _};
                const _: () = __resilient::check::timeout(__resilient::secs(2)).hold();
                #[__resilient::linkme::distributed_slice(__resilient::SITES)]
                #[linkme(crate = __resilient::linkme)]
                static __RESILIENT_SITE: __resilient::Site = __resilient::Site::new(
                    || (),
                    __resilient::SiteConfig::empty().timeout(__resilient::secs(2)),
                );
                let __probe = __resilient::Outcome::probe(
                    __resilient::returns::<io::Result<&mut User>>,
                );
                let mut __call = (&__RESILIENT_SITE)
                    .call::<
                        _,
                        { __resilient::has::NOTHING },
                    >(
                        __resilient::Judge::new(__probe, (&&&&&__probe).__reader())
                            .rejecting(
                                <_ as __resilient::CarriesRejected<
                                    _,
                                    _,
                                >>::by((&&&__probe).__rejecter(), __probe, ()),
                            ),
                    );
                (&mut __call)
                    .once(async move {
                        if false {
                            return __resilient::returns::<io::Result<&mut User>>();
                        }
                        { self.fetch(id, name).await }
                    })
                    .await
            }
        "#]],
    );
}

#[test]
fn a_mutable_receiver_is_borrowed_again() {
    check(
        quote!(retry = "fixed"),
        &quote! {
            async fn load(&mut self, mut id: u64, out: &mut Vec<u8>) -> io::Result<()> {
                id += 1;
                self.fetch(id, out).await
            }
        },
        &expect![[r#"
            async fn load(&mut self, id: u64, out: &mut Vec<u8>) -> io::Result<()> {
                use ::resilience_runtime::__private::{self as __resilient, Read as _};
                #[__resilient::linkme::distributed_slice(__resilient::SITES)]
                #[linkme(crate = __resilient::linkme)]
                static __RESILIENT_SITE: __resilient::Site = __resilient::Site::new(
                    || (),
                    __resilient::SiteConfig::empty()
                        .retry(__resilient::Backoff::fixed(__resilient::millis(100)), 3),
                );
                let __probe = __resilient::Outcome::probe(__resilient::returns::<io::Result<()>>);
                let mut __call = (&__RESILIENT_SITE)
                    .call::<
                        _,
                        { __resilient::has::NOTHING },
                    >(__resilient::Judge::new(__probe, (&&&&&__probe).__reader()));
                loop {
                    let __attempt = {
                        let __self = &mut *self;
                        let mut id = __resilient::Argument::again(&id, ());
                        let out = &mut *out;
                        async move {
                            if false {
                                return __resilient::returns::<io::Result<()>>();
                            }
                            {
                                id += 1;
                                __self.fetch(id, out).await
                            }
                        }
                    };
                    if let ::core::ops::ControlFlow::Break(__result) = (&mut __call)
                        .attempt(__attempt)
                        .await
                    {
                        break __result;
                    }
                }
            }
        "#]],
    );
}
