//! What becomes of the expressions that are evaluated with each call: a key, a priority.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Stmt;
use syn::visit::{self, Visit};

/// The statements of the expansion that evaluate them.
struct Evaluating(Vec<Stmt>);

impl<'ast> Visit<'ast> for Evaluating {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let text = statement.to_token_stream().to_string();
        let is_async = text.contains("async");
        if !is_async && ["limit_key", "__call) . priority"].iter().any(|function| text.contains(function)) {
            self.0.push(statement.clone());
        } else {
            visit::visit_stmt(self, statement);
        }
    }
}

fn check(attribute: TokenStream, item: &TokenStream, expected: &Expect) {
    let expanded = crate::resilient::resilient(attribute, item);
    let mut evaluating = Evaluating(Vec::new());
    evaluating.visit_file(&syn::parse2(expanded).unwrap());
    let statements = evaluating.0;
    let function = prettyplease::unparse(&syn::parse_quote!(fn f() { #(#statements)* }));
    let lines = function.lines().filter_map(|line| line.strip_prefix("    "));
    expected.assert_eq(&lines.flat_map(|line| [line, "\n"]).collect::<String>());
}

#[test]
fn they_are_evaluated_in_front_of_the_only_attempt() {
    check(
        quote!(
            rate_limit("100/s", key = tenant),
            bulkhead(10, queue = 5, wait = "1s", priority = 2 * self.urgency)
        ),
        &quote! {
            async fn load(&self, tenant: String) -> Result<User, DbError> {
                fetch(tenant).await
            }
        },
        &expect![[r#"
            (&mut __call).limit_key(__resilient::Key::number(&(tenant), ()));
            (&mut __call).priority(__resilient::Priority::number(2 * self.urgency, ()));
        "#]],
    );
}

#[test]
fn they_are_evaluated_once_however_many_attempts_there_are() {
    check(
        quote!(retry, rate_limit(API, key = (&tenant, id % 8)), bulkhead("db", priority = -1)),
        &quote! {
            async fn load(&mut self, tenant: String, id: u64) -> Result<User, DbError> {
                self.fetch(tenant, id).await
            }
        },
        &expect![[r#"
            (&mut __call).limit_key(__resilient::Key::number(&((&tenant, id % 8)), ()));
            (&mut __call).priority(-1);
        "#]],
    );
}

#[test]
fn they_use_parts_of_arguments() {
    let item = quote! {
        async fn load(Tenant { id, region: (zone, _) }: Tenant, Page(page): Page) -> Result<User, DbError> {
            fetch(id, zone, page).await
        }
    };
    check(
        quote!(rate_limit("100/s", key = id)),
        &item,
        &expect![[r#"
            (&mut __call).limit_key(__resilient::Key::number(&(id), ()));
        "#]],
    );
    check(
        quote!(retry, rate_limit("100/s", key = zone.name::<A, B>(0)), bulkhead("db", priority = id)),
        &item,
        &expect![[r#"
            {
                let Tenant { id: _, region: (zone, _) } = __resilient::Argument::again(
                    &__arg0,
                    (),
                );
                (&mut __call).limit_key(__resilient::Key::number(&(zone.name::<A, B>(0)), ()));
            }
            {
                let Tenant { id, region: (_, _) } = __resilient::Argument::again(&__arg0, ());
                (&mut __call).priority(__resilient::Priority::number(id, ()));
            }
        "#]],
    );
    check(
        quote!(retry, rate_limit("100/s", key = KEY)),
        &item,
        &expect![[r#"
            (&mut __call).limit_key(__resilient::Key::number(&(KEY), ()));
        "#]],
    );
}

#[test]
fn they_name_the_receiver_as_async_trait_does() {
    check(
        quote!(rate_limit("100/s", key = self.tenant), bulkhead("db", priority = self.urgency())),
        &quote! {
            fn load<'a, 'async_trait>(&'a self, id: u64)
                -> Pin<Box<dyn Future<Output = Result<User, DbError>> + Send + 'async_trait>>
            where 'a: 'async_trait
            {
                Box::pin(async move {
                    if let Some(__ret) = None::<Result<User, DbError>> { return __ret; }
                    let __self = self;
                    let id = id;
                    let __ret: Result<User, DbError> = { __self.fetch(id).await };
                    __ret
                })
            }
        },
        &expect![[r#"
            (&mut __call).limit_key(__resilient::Key::number(&(__self.tenant), ()));
            (&mut __call).priority(__resilient::Priority::number(__self.urgency(), ()));
        "#]],
    );
}

#[test]
fn an_argument_that_only_they_use_is_not_taken_again() {
    let clones = |attribute: TokenStream| {
        let item = quote! {
            async fn load(tenant: String, id: String) -> Result<User, DbError> {
                fetch(id).await
            }
        };
        crate::resilient::resilient(attribute, &item).to_string().matches("let tenant").count()
    };
    assert_eq!(clones(quote!(retry)), 1);
    assert_eq!(clones(quote!(retry, rate_limit(API, key = tenant))), 0);
    assert_eq!(clones(quote!(retry, bulkhead(POOL, priority = tenant.len()), fields(id))), 0);
}

#[test]
fn a_limit_alone_runs_the_body_once() {
    let item = quote! { async fn load(id: Unique) -> Result<User, DbError> { fetch(id).await } };
    for policy in [quote!(rate_limit = "100/s"), quote!(bulkhead = 10), quote!(throttle)] {
        let expanded = crate::resilient::resilient(policy, &item).to_string();
        assert!(!expanded.contains("loop") && !expanded.contains("& id"), "{expanded}");
    }
}
