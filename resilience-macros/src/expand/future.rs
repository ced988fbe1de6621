//! What is written for a function that returns a future.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ReturnType;

use super::driver::Driver;
use super::shape::{Boxed, Returned, future_output};
use crate::names::ends;

impl Driver<'_> {
    /// Whether a value is asked whether it is a future.
    pub(super) fn asks_what_is_a_future(&self) -> bool {
        let returns_one_without_a_box = match &self.function.signature.output {
            ReturnType::Type(_, declared) => matches!(future_output(declared), Some((_, Boxed::Not))),
            ReturnType::Default => false,
        };
        (self.args.fallback.is_some() && !self.blocks) || returns_one_without_a_box
    }

    /// The future that the function returns.
    pub(super) fn future(&self, returned: &Returned, statements: &TokenStream) -> TokenStream {
        let protected = self.run(&returned.output, &self.attempt(returned, statements));
        let future = quote_spanned!(self.function.braces.span()=> async move { #protected });
        // That it borrows more than it may is underlined where the function says what it borrows.
        let (at, _) = ends(&returned.declared);
        match returned.boxed {
            Boxed::Not => future,
            Boxed::Pinned => quote_spanned!(at=> ::std::boxed::Box::pin(#future)),
            Boxed::Loose => quote_spanned!(at=> ::std::boxed::Box::new(::std::boxed::Box::pin(#future))),
        }
    }

    /// What an attempt does: a closure makes its future, in which the function's body may `return` it. The closure has the
    /// function's type where that can be written, so that the body may make different futures of it.
    fn attempt(&self, returned: &Returned, statements: &TokenStream) -> TokenStream {
        let Returned { declared, output, boxed } = returned;
        let private = self.args.names.private();
        let body = super::braced(statements, declared);
        let returns = (*boxed != Boxed::Not).then(|| quote!(-> #declared));
        let closure = quote_spanned!(self.function.braces.span()=> move || #returns #body);
        // A mistake is underlined where the function says what it returns.
        let (at, _) = ends(declared);
        let future = match boxed {
            Boxed::Not => quote_spanned!(at=> (&&#private::Given::of(&__future)).__kind().made(__future)),
            Boxed::Pinned => quote_spanned!(at=> __future),
            Boxed::Loose => quote_spanned!(at=> ::std::boxed::Box::into_pin(__future)),
        };
        let made = quote_spanned!(at=> let __made: #output = #future.await;);
        quote!({
            let __future = #private::made(#closure);
            #made
            __made
        })
    }
}
