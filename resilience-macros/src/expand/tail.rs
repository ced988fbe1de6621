//! What the last expression of a fallback shows of what it gives.
//!
//! Whether a fallback gives the answer or a future of it is asked of its type, which is therefore found without a word of
//! what it should be. Where its looks say that it is the answer, it can be told: a `Box` becomes one of a `dyn` trait
//! then, as in the function, and `todo!()` is of any type.

use syn::{Block, Expr, Macro, Stmt};

/// What an expression comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// To a `Result`.
    Answer,
    /// To a panic.
    Nowhere,
    /// To something that its looks do not say: a future, perhaps.
    Unknown,
}

/// Whether `fallback` gives the answer, and no future of it, by its looks.
pub(super) fn is_answer(fallback: &Expr) -> bool {
    end(fallback) != End::Unknown
}

fn end(value: &Expr) -> End {
    match value {
        Expr::Block(block) => end_of_block(&block.block),
        Expr::Call(call) => end_of_call(&call.func),
        Expr::Closure(closure) if closure.asyncness.is_none() => end(&closure.body),
        Expr::Group(group) => end(&group.expr),
        Expr::If(branches) => {
            let otherwise = branches.else_branch.as_ref().map_or(End::Unknown, |(_, branch)| end(branch));
            either(end_of_block(&branches.then_branch), otherwise)
        }
        Expr::Macro(called) => end_of_macro(&called.mac),
        Expr::Match(choice) => {
            let mut all = End::Nowhere;
            for arm in &choice.arms {
                all = either(all, end(&arm.body));
            }
            all
        }
        Expr::Paren(paren) => end(&paren.expr),
        Expr::Return(returned) => returned.expr.as_ref().map_or(End::Unknown, |value| end(value)),
        _ => End::Unknown,
    }
}

/// Of two ways, which have one type.
fn either(one: End, other: End) -> End {
    match (one, other) {
        (End::Answer, _) | (_, End::Answer) => End::Answer,
        (End::Nowhere, End::Nowhere) => End::Nowhere,
        (End::Unknown, _) | (_, End::Unknown) => End::Unknown,
    }
}

fn end_of_block(block: &Block) -> End {
    match block.stmts.last() {
        Some(Stmt::Expr(value, None) | Stmt::Expr(value @ Expr::Return(_), Some(_))) => end(value),
        Some(Stmt::Macro(statement)) => end_of_macro(&statement.mac),
        _ => End::Unknown,
    }
}

fn end_of_call(function: &Expr) -> End {
    let Expr::Path(path) = function else { return End::Unknown };
    let is_result = path.path.segments.last().is_some_and(|last| last.ident == "Ok" || last.ident == "Err");
    if is_result { End::Answer } else { End::Unknown }
}

fn end_of_macro(called: &Macro) -> End {
    const PANICS: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
    let panics = called.path.segments.last().is_some_and(|last| PANICS.iter().any(|name| last.ident == name));
    if panics { End::Nowhere } else { End::Unknown }
}

#[cfg(test)]
mod tests {
    fn is_answer(fallback: &str) -> bool {
        super::is_answer(&syn::parse_str(fallback).unwrap())
    }

    #[test]
    fn a_result_that_is_written_is_one() {
        assert!(is_answer("Ok(1)"));
        assert!(is_answer("|id| Err(error)"));
        assert!(is_answer("|id| { let x = f(id)?; (Result::Ok(x)) }"));
        assert!(is_answer("|id| { if id == 0 { return g(); } return Ok(id); }"));
        assert!(is_answer("|id| if id == 0 { f(id) } else { Ok(id) }"));
        assert!(is_answer("|id| match id { 0 => f(id), 1 => todo!(), _ => Ok(id) }"));
    }

    #[test]
    fn what_panics_is_of_any_type() {
        assert!(is_answer("todo!()"));
        assert!(is_answer("|_| { std::unreachable!(); }"));
        assert!(is_answer("|id| match id { 0 => panic!(\"no\"), _ => { unimplemented!() } }"));
    }

    #[test]
    fn what_may_be_a_future_is_asked() {
        assert!(!is_answer("f(id)"));
        assert!(!is_answer("async { Ok(1) }"));
        assert!(!is_answer("async |id| Ok(id)"));
        assert!(!is_answer("|id| async move { Ok(id) }"));
        assert!(!is_answer("|id| id.load()"));
        assert!(!is_answer("|id| if id == 0 { todo!() } else { f(id) }"));
        assert!(!is_answer("|id| { println!(\"none\"); }"));
        assert!(!is_answer("|id| { Ok(id); }"));
    }
}
