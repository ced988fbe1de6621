//! What an error was made from, which may be a refusal. Libraries pass on what they are given: by a connection, and by the
//! program's own resolvers, middleware and interceptors.

use core::error::Error;
use core::iter::successors;
use std::io;
use std::sync::Arc;

use super::error::{self, Rejected};

/// An error that may hold a refusal, whatever else it is.
pub trait Holds {
    /// The refusal, if there is one.
    fn refusal(&self) -> Option<&Rejected>;
}

/// Errors of any type: `anyhow::Error`, `Box<dyn Error + Send + Sync>`.
impl<E: AsRef<dyn Error + Send + Sync>> Holds for E {
    fn refusal(&self) -> Option<&Rejected> {
        refusal(self.as_ref())
    }
}

impl<E> Holds for error::Error<E> {
    fn refusal(&self) -> Option<&Rejected> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::Inner(_) => None,
        }
    }
}

/// The refusal that `error` is, or was made from.
pub(crate) fn refusal<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Rejected> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// `error` and those that it was made from, one below the other.
pub(crate) fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error| below(*error))
}

fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    // The source of these two is that of what they hold.
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.get_ref().map(|held| held as _);
    }
    match error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        Some(held) => Some(&**held),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_found_however_deep_it_is() {
        let refused = Rejected::throttled("api");
        let shared: Arc<dyn Error + Send + Sync> = Arc::new(io::Error::from(refused));
        let errors: [&dyn Error; 4] = [
            &refused,
            &error::Error::<io::Error>::Rejected(refused),
            &io::Error::other(io::Error::from(refused)),
            &error::Error::Inner(io::Error::other(shared)),
        ];
        for error in errors {
            assert_eq!(refusal(error), Some(&refused), "{error:?}");
        }
        let errors: [&dyn Error; 2] = [&io::Error::other("full"), &io::Error::from_raw_os_error(2)];
        for error in errors {
            assert_eq!(refusal(error), None, "{error:?}");
        }
    }
}
