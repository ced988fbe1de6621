//! Where the body of a function is, and what it gives.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, Block, Expr, ExprAsync, GenericArgument, Local, Pat, PathArguments,
    ReturnType, Signature, Stmt, Token, Type, TypeInfer, TypeParamBound,
};

use super::arguments::{Again, Argument, Arguments};
use crate::function::Function;
use crate::names::parenthesised;
use crate::types::{Part, walk};

/// How the message begins for a function that returns something else.
pub(crate) const BY_RESULT: &str = "`#[resilient]` tells success from failure by a `Result`";

/// Whether the future that a function returns is in a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boxed {
    Not,
    /// In a `Pin<Box<..>>`.
    Pinned,
    /// In a `Box` alone.
    Loose,
}

/// The future that a function returns.
pub(crate) struct Returned {
    /// Its type, of whatever lifetime.
    pub(super) declared: Type,
    pub(super) output: Type,
    pub(super) boxed: Boxed,
}

/// The shape of a function.
pub(crate) enum Shape {
    /// `async fn`.
    Async { output: Box<Type> },
    /// A function that returns a future, in a box or not: its body is that of a function which makes the future.
    Future(Box<Returned>),
    /// Any other function: it blocks its thread where these wait.
    Blocking { output: Box<Type> },
    /// What `#[async_trait]` has made of an `async fn`.
    Rewritten(Box<Rewritten>),
}

impl Shape {
    /// Finds the shape of `function`.
    pub(crate) fn of(function: &Function) -> Self {
        let signature = &function.signature;
        let nothing = Type::Verbatim(quote!(()));
        let declared = match &signature.output {
            ReturnType::Type(_, declared) => declared,
            ReturnType::Default => &nothing,
        };
        if signature.asyncness.is_some() {
            return Self::Async { output: Box::new(inferred(declared)) };
        }
        let Some((output, boxed)) = future_output(declared) else {
            return Self::Blocking { output: Box::new(inferred(declared)) };
        };
        if boxed == Boxed::Pinned
            && let Some(rewritten) = Rewritten::of(&function.statements)
        {
            return Self::Rewritten(Box::new(rewritten));
        }
        let (declared, output) = (of_any_lifetime(inferred(declared)), inferred(output));
        Self::Future(Box::new(Returned { declared, output, boxed }))
    }
}

/// Whether `declared` is a future, by its looks.
pub(crate) fn returns_future(declared: &ReturnType) -> bool {
    matches!(declared, ReturnType::Type(_, ty) if future_output(ty).is_some())
}

/// `declared` with `_` for every `impl Trait`, which cannot be named inside the function.
fn inferred(declared: &Type) -> Type {
    let mut inferred = declared.clone();
    walk(&mut inferred, &mut |part| {
        if let Part::Type(ty) = part
            && let Type::ImplTrait(hidden) = ty
        {
            let underscore_token = Token![_](hidden.impl_token.span);
            *ty = Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token });
        }
        true
    });
    inferred
}

/// `ty` with `'_` for every lifetime: the future of an attempt borrows for that attempt alone.
fn of_any_lifetime(mut ty: Type) -> Type {
    let mut declared = Vec::new();
    walk(&mut ty, &mut |part| {
        match part {
            Part::Lifetime(lifetime) if !declared.contains(&lifetime.ident) => {
                lifetime.ident = Ident::new("_", lifetime.ident.span());
            }
            Part::Declared(lifetime) => declared.push(lifetime.ident.clone()),
            Part::Lifetime(_) | Part::Type(_) => {}
        }
        true
    });
    ty
}

/// Whether `ty` has the name of a future, of which it is not seen what it gives.
pub(crate) fn is_named_future(ty: &Type) -> bool {
    match ty {
        Type::Paren(inner) => is_named_future(&inner.elem),
        Type::Group(inner) => is_named_future(&inner.elem),
        Type::Path(path) => {
            let name = path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            (name.ends_with("Future") || name.ends_with("Fut")) && future_output(ty).is_none()
        }
        _ => false,
    }
}

/// What the future of the type `ty` gives, and whether it is in a box; `None` when `ty` is no future by its
/// looks.
pub(crate) fn future_output(ty: &Type) -> Option<(&Type, Boxed)> {
    match ty {
        Type::ImplTrait(hidden) => Some((output_of_bounds(&hidden.bounds)?, Boxed::Not)),
        Type::Paren(inner) => future_output(&inner.elem),
        Type::Group(inner) => future_output(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match first_type(arguments)? {
                output if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" => {
                    Some((output, Boxed::Pinned))
                }
                Type::TraitObject(object) if last.ident == "Box" => {
                    Some((output_of_bounds(&object.bounds)?, Boxed::Loose))
                }
                inner if last.ident == "Pin" => {
                    let (output, boxed) = future_output(inner)?;
                    Some((output, if boxed == Boxed::Loose { Boxed::Pinned } else { boxed }))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn first_type(arguments: &AngleBracketedGenericArguments) -> Option<&Type> {
    for argument in &arguments.args {
        if let GenericArgument::Type(ty) = argument {
            return Some(ty);
        }
    }
    None
}

/// The `Output` of a `Future<Output = ..>` among `bounds`.
fn output_of_bounds(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let Some(last) = bound.path.segments.last().filter(|segment| segment.ident == "Future") else {
            continue;
        };
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { continue };
        for argument in &arguments.args {
            if let GenericArgument::AssocType(output) = argument
                && output.ident == "Output"
            {
                return Some(&output.ty);
            }
        }
    }
    None
}

/// The body that `#[async_trait]` writes: `Box::pin(async move { .. let __ret: T = { body }; __ret })`, after
/// statements that move every argument into it.
pub(crate) struct Rewritten {
    /// `Box::pin`, as it was written.
    pin: Expr,
    /// The `async` block in it, without its statements.
    block: ExprAsync,
    /// The statements before the body.
    prologue: Vec<Stmt>,
    result: Local,
    output: Type,
    body: TokenStream,
    /// The statements after it.
    epilogue: Vec<Stmt>,
}

impl Rewritten {
    fn of(statements: &TokenStream) -> Option<Self> {
        let mut statements = Block::parse_within.parse2(statements.clone()).ok()?;
        let (Some(Stmt::Expr(Expr::Call(call), None)), true) = (statements.pop(), statements.is_empty())
        else {
            return None;
        };
        let Some(Expr::Async(block)) = call.args.first() else { return None };
        let mut block = block.clone();
        let mut prologue = core::mem::take(&mut block.block.stmts);
        let at = prologue.iter().position(|statement| result_of(statement).is_some())?;
        let epilogue = prologue.split_off(at + 1);
        let Some(Stmt::Local(result)) = prologue.pop() else { return None };
        let (output, body) =
            result_of(&Stmt::Local(result.clone())).map(|(output, body)| (output.clone(), body))?;
        Some(Self { pin: *call.func, block, prologue, result, output, body, epilogue })
    }

    /// The arguments, as the signature orders them. Those that the prologue moves keep the names they have there, and
    /// what it makes of them is made of each attempt's own.
    pub(crate) fn arguments(&self, signature: &Signature) -> Arguments {
        let mut arguments = Arguments::of(signature);
        for argument in &mut arguments.list {
            let is_moved =
                |statement: &&Stmt| moved(statement).is_some_and(|(name, _)| *name == argument.outer);
            let Some(Stmt::Local(local)) = self.prologue.iter().find(is_moved) else { continue };
            if argument.outer == "self" {
                // `#[async_trait]` has put this name for `self` into the body already.
                let name = Ident::new("__self", argument.outer.span());
                let is_mutable = argument.again == Again::Repinned
                    || (argument.again == Again::Cloned && is_mutable(&local.pat));
                let mutability = is_mutable.then(|| quote!(mut));
                argument.inner = quote!(#mutability #name);
                argument.outer = name;
            } else {
                argument.inner = local.pat.to_token_stream();
                argument.pattern =
                    Some(&local.pat).filter(|pattern| !matches!(pattern, Pat::Ident(_))).cloned();
                argument.rebinds = true;
            }
        }
        arguments
    }

    /// The body as the user wrote it.
    pub(crate) fn body(&self) -> &TokenStream {
        &self.body
    }

    /// Makes the prologue move each argument as it is: patterns and `mut` are left to the attempts.
    pub(crate) fn bind_again(&mut self, arguments: &Arguments) {
        for statement in &mut self.prologue {
            let Some(name) = moved(statement).map(|(name, _)| name.clone()) else { continue };
            let Stmt::Local(local) = statement else { continue };
            let receiver = arguments.list.first().filter(|_| name == "self");
            local.pat = Pat::Verbatim(match receiver {
                None => name.to_token_stream(),
                Some(Argument { outer, again: Again::Repinned, .. }) => quote!(mut #outer),
                Some(Argument { outer, .. }) => outer.to_token_stream(),
            });
        }
    }

    /// The rewritten function around what drives its body.
    pub(crate) fn around(&self, drive: impl FnOnce(&Type, &TokenStream) -> TokenStream) -> TokenStream {
        let Self { pin, block, prologue, result, output, body, epilogue } = self;
        let driven = drive(output, body);
        let mut result = result.clone();
        if let Some(init) = &mut result.init {
            *init.expr = Expr::Verbatim(quote!({ #driven }));
        }
        let mut block = block.clone();
        block.block.stmts.clone_from(prologue);
        block.block.stmts.push(Stmt::Local(result));
        for statement in epilogue {
            block.block.stmts.push(statement.clone());
        }
        let in_parentheses = parenthesised(block.async_token.span, block.to_token_stream());
        quote!(#pin #in_parentheses)
    }
}

/// The argument that a statement of the prologue moves: `let x = x;`, or `let (a, b) = { let x = x; x };`.
fn moved(statement: &Stmt) -> Option<(&Ident, &Local)> {
    let Stmt::Local(local) = statement else { return None };
    let value = match &*local.init.as_ref()?.expr {
        Expr::Block(block) => match block.block.stmts.last()? {
            Stmt::Expr(value, None) => value,
            _ => return None,
        },
        value => value,
    };
    let Expr::Path(path) = value else { return None };
    Some((path.path.get_ident()?, local))
}

fn is_mutable(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(name) if name.mutability.is_some())
}

/// The type and the block of `let __ret: T = { .. };`.
fn result_of(statement: &Stmt) -> Option<(&Type, TokenStream)> {
    let Stmt::Local(Local { pat: Pat::Type(pattern), init: Some(init), .. }) = statement else { return None };
    let is_result = matches!(&*pattern.pat, Pat::Ident(name) if name.ident == "__ret");
    // In fresh braces: around a single expression the user's own would be unnecessary ones.
    let body = || match &*init.expr {
        Expr::Block(block) => {
            let statements = &block.block.stmts;
            quote!({ #(#statements)* })
        }
        other => other.to_token_stream(),
    };
    is_result.then(|| (&*pattern.ty, body()))
}
