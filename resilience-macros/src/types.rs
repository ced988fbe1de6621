//! What a type is made of: a walk over it, and its parts that messages point at.
//!
//! The walk is not `syn::visit`: that is a walk over all of the language, which is compiled once for each thing that is looked for, and
//! in every user's build.

use proc_macro2::Span;
use syn::punctuated::IterMut;
use syn::spanned::Spanned as _;
use syn::{
    AngleBracketedGenericArguments, BoundLifetimes, CapturedParam, GenericArgument, GenericParam, Lifetime,
    Path, PathArguments, ReturnType, Type, TypeParamBound,
};

/// A part of a type.
pub(crate) enum Part<'a> {
    Type(&'a mut Type),
    Lifetime(&'a mut Lifetime),
    /// One that a `for<'a>` in the type declares.
    Declared(&'a Lifetime),
}

/// Shows `visit` the type `ty`, then what it is made of, unless `visit` says no.
///
/// A function pointer's parts are never shown: it has lifetimes of its own, and hides nothing.
pub(crate) fn walk(ty: &mut Type, visit: &mut dyn FnMut(Part<'_>) -> bool) {
    if !visit(Part::Type(ty)) {
        return;
    }
    match ty {
        Type::Array(array) => walk(&mut array.elem, visit),
        Type::Group(group) => walk(&mut group.elem, visit),
        Type::Paren(paren) => walk(&mut paren.elem, visit),
        Type::Ptr(pointer) => walk(&mut pointer.elem, visit),
        Type::Slice(slice) => walk(&mut slice.elem, visit),
        Type::Reference(reference) => {
            if let Some(lifetime) = &mut reference.lifetime {
                visit(Part::Lifetime(lifetime));
            }
            walk(&mut reference.elem, visit);
        }
        Type::Tuple(tuple) => {
            for element in &mut tuple.elems {
                walk(element, visit);
            }
        }
        Type::Path(typed) => {
            if let Some(qself) = &mut typed.qself {
                walk(&mut qself.ty, visit);
            }
            walk_path(&mut typed.path, visit);
        }
        Type::ImplTrait(hidden) => walk_bounds(hidden.bounds.iter_mut(), visit),
        Type::TraitObject(object) => walk_bounds(object.bounds.iter_mut(), visit),
        _ => {}
    }
}

fn walk_path(path: &mut Path, visit: &mut dyn FnMut(Part<'_>) -> bool) {
    for segment in &mut path.segments {
        match &mut segment.arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(arguments) => walk_arguments(arguments, visit),
            PathArguments::Parenthesized(arguments) => {
                for input in &mut arguments.inputs {
                    walk(&mut input.ty, visit);
                }
                if let ReturnType::Type(_, output) = &mut arguments.output {
                    walk(output, visit);
                }
            }
        }
    }
}

fn walk_arguments(arguments: &mut AngleBracketedGenericArguments, visit: &mut dyn FnMut(Part<'_>) -> bool) {
    for argument in &mut arguments.args {
        match argument {
            GenericArgument::Lifetime(lifetime) => {
                visit(Part::Lifetime(lifetime));
            }
            GenericArgument::Type(ty) => walk(ty, visit),
            GenericArgument::AssocType(associated) => {
                if let Some(arguments) = &mut associated.generics {
                    walk_arguments(arguments, visit);
                }
                walk(&mut associated.ty, visit);
            }
            GenericArgument::Constraint(constraint) => {
                if let Some(arguments) = &mut constraint.generics {
                    walk_arguments(arguments, visit);
                }
                walk_bounds(constraint.bounds.iter_mut(), visit);
            }
            _ => {}
        }
    }
}

fn walk_bounds(bounds: IterMut<'_, TypeParamBound>, visit: &mut dyn FnMut(Part<'_>) -> bool) {
    for bound in bounds {
        match bound {
            TypeParamBound::Trait(bound) => {
                if let Some(lifetimes) = &mut bound.lifetimes {
                    walk_lifetimes(lifetimes, visit);
                }
                walk_path(&mut bound.path, visit);
            }
            TypeParamBound::Lifetime(lifetime) => {
                visit(Part::Lifetime(lifetime));
            }
            TypeParamBound::PreciseCapture(capture) => {
                for parameter in &mut capture.params {
                    if let CapturedParam::Lifetime(lifetime) = parameter {
                        visit(Part::Lifetime(lifetime));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Those of a `for<'a>`.
fn walk_lifetimes(lifetimes: &mut BoundLifetimes, visit: &mut dyn FnMut(Part<'_>) -> bool) {
    for parameter in &mut lifetimes.lifetimes {
        if let GenericParam::Lifetime(parameter) = parameter {
            visit(Part::Declared(&parameter.lifetime));
            for bound in &mut parameter.bounds {
                visit(Part::Lifetime(bound));
            }
        }
    }
}

/// The type to underline when the error of `output` is wrong: the `E` of a `Result<T, E>` as it is written,
/// and all of an alias.
pub(crate) fn error_type(output: &Type) -> &Type {
    let Type::Path(path) = output else { return output };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Result") else { return output };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return output };
    match arguments.args.iter().nth(1) {
        Some(GenericArgument::Type(error)) => error,
        _ => output,
    }
}

/// The one token of a type to underline: the last name of a path.
pub(crate) fn type_name(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path.path.segments.last().map_or_else(|| ty.span(), |last| last.ident.span()),
        Type::Group(inner) => type_name(&inner.elem),
        _ => ty.span(),
    }
}

/// The type of the answer in `output`: the `T` of a `Result<T, E>` or of an alias as it is written, and else all of it.
pub(crate) fn ok_type(output: &Type) -> &Type {
    let Type::Path(path) = output else { return output };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return output;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(answer)) => answer,
        _ => output,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::ToTokens as _;

    /// The types of a single name, and the lifetimes, in the order in which they are shown.
    #[track_caller]
    fn assert_shown(ty: &str, expected: &str) {
        let mut shown = Vec::new();
        walk(&mut syn::parse_str(ty).unwrap(), &mut |part| {
            match part {
                Part::Type(Type::Path(path)) => shown.extend(path.path.get_ident().map(ToString::to_string)),
                Part::Type(_) => {}
                Part::Lifetime(lifetime) => shown.push(lifetime.to_token_stream().to_string()),
                Part::Declared(lifetime) => shown.push(format!("for {lifetime}")),
            }
            true
        });
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn every_part_is_shown() {
        assert_shown("(A, [B; 2], [C], *const D, (E))", "A B C D E");
        assert_shown("&'a mut A", "'a A");
        assert_shown("<A as B<C>>::D<'a, E>", "A C 'a E");
        assert_shown("Box<dyn for<'a> Fn(&'a A) -> B + 'static>", "for 'a 'a A B 'static");
        assert_shown("impl Iterator<Item<A> = B, Other: C<D> + '_> + use<'a, T>", "A B D '_ 'a");
        assert_shown("fn(&'a A) -> B", "");
    }

    #[test]
    fn what_is_refused_is_not_looked_into() {
        let mut types = 0;
        walk(&mut syn::parse_quote!(A<B<C>, D>), &mut |part| {
            types += 1;
            !matches!(part, Part::Type(Type::Path(path)) if path.path.segments[0].ident == "B")
        });
        assert_eq!(types, 3);
    }
}
