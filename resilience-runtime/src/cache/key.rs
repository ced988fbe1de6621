//! What answers are found by: values of any types in one store, compared by `Eq`.

use core::any::{Any, TypeId};
use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use std::sync::Arc;

/// The instance of the annotated function that `marker` stands in: a closure's type is another one in each function, and
/// in each instance of a generic one.
#[must_use]
pub fn instance<F: Fn()>(marker: F) -> TypeId {
    let _ = marker;
    typeid::of::<F>()
}

/// A key with whose it is, whatever its type.
pub(super) trait Keyed: Send + Sync {
    fn is(&self, other: &AnyKey) -> bool;
    fn number(&self, state: &mut dyn Hasher);
    fn instance(&self) -> TypeId;
    fn as_any(&self) -> &dyn Any;
}

/// It, for as long as it likes.
pub(super) type AnyKey = dyn Keyed;

/// A key of one type.
#[derive(Clone, Debug)]
pub(super) struct Typed<K> {
    pub(super) instance: TypeId,
    pub(super) key: K,
}

impl<K: Hash + Eq + Send + Sync + 'static> Keyed for Typed<K> {
    fn is(&self, other: &AnyKey) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| self.instance == other.instance && self.key == other.key)
    }

    fn number(&self, mut state: &mut dyn Hasher) {
        self.instance.hash(&mut state);
        self.key.hash(&mut state);
    }

    fn instance(&self) -> TypeId {
        self.instance
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Hash for AnyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number(state);
    }
}

impl PartialEq for AnyKey {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl Eq for AnyKey {}

/// The key of a call, of whatever type, found by any that is equal: the call has it, and the entry that it makes.
#[derive(Clone)]
pub struct Key(pub(super) Arc<AnyKey>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

// By hand: a derived comparison would move the pointer.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&*other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.number(state);
    }
}

impl Borrow<AnyKey> for Key {
    fn borrow(&self) -> &AnyKey {
        &*self.0
    }
}

/// Asks whether a part of a key is a borrow of what is to be kept, or that itself.
#[derive(Debug)]
pub struct Part<T>(PhantomData<fn() -> T>);

impl<T> Part<T> {
    /// Asks about the type of `part`.
    #[inline]
    #[must_use]
    pub const fn of(_part: &T) -> Self {
        Self(PhantomData)
    }
}

/// The part is borrowed: what it borrows is kept.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed;
/// The part is kept.
#[derive(Clone, Copy, Debug)]
pub struct Owned;

/// Asks a [`Part`] how it is kept: `(&&part).kind()`.
pub trait KeyKind<K> {
    /// The kind that this depth of references stands for.
    fn kind(&self) -> K;
}

impl<T: ToOwned + ?Sized> KeyKind<Borrowed> for &Part<&T> {
    #[inline]
    fn kind(&self) -> Borrowed {
        Borrowed
    }
}

impl<T> KeyKind<Owned> for Part<T> {
    #[inline]
    fn kind(&self) -> Owned {
        Owned
    }
}

/// What is kept of a part.
///
/// Without the bounds of [`CacheKey`], so that a part that does not meet them is one mistake.
pub trait Kept<By> {
    /// It.
    type Owned;
}

impl<T> Kept<Owned> for T {
    type Owned = T;
}

impl<T: ToOwned + ?Sized> Kept<Borrowed> for &T {
    type Owned = T::Owned;
}

/// What answers can be remembered by.
///
/// Generic in `For` for the reason that [`Argument`](crate::__private::Argument) is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of `cache`, which keeps copies and compares them; write `key = ..` with a value \
               that is `Clone`, `Hash`, `Eq`, `Send` and `Sync`, like a name or a number",
    label = "not `Clone`, `Hash`, `Eq`, `Send` and `Sync`"
)]
pub trait CacheKey<By, For>: Kept<By> {
    /// A copy that can be kept.
    fn own(&self, by: By, _: For) -> Self::Owned;
}

#[diagnostic::do_not_recommend]
impl<T, For> CacheKey<Owned, For> for T
where
    T: Clone + Hash + Eq + Send + Sync + 'static,
{
    #[inline]
    fn own(&self, _: Owned, _: For) -> T {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<T, For> CacheKey<Borrowed, For> for &T
where
    T: ToOwned + ?Sized,
    T::Owned: Hash + Eq + Send + Sync + 'static,
{
    #[inline]
    fn own(&self, _: Borrowed, _: For) -> T::Owned {
        (*self).to_owned()
    }
}

/// The copies of all parts. They come to a key, unless a part is a mistake, which is told where it stands and not here.
#[derive(Debug)]
pub struct Whole<K>(PhantomData<fn() -> K>);

impl<K> Whole<K> {
    /// Asks about the type of `key`.
    #[inline]
    #[must_use]
    pub const fn of(_key: &K) -> Self {
        Self(PhantomData)
    }
}

/// Makes the key of a [`Whole`]: `(&&whole).seal(..)`.
pub trait Seal<K> {
    /// The key, for the `instance` of the function alone.
    fn seal(&self, instance: TypeId, key: K) -> Key;
}

impl<K: Hash + Eq + Send + Sync + 'static> Seal<K> for &Whole<K> {
    #[inline]
    fn seal(&self, instance: TypeId, key: K) -> Key {
        Key(Arc::new(Typed { instance, key }))
    }
}

impl<K> Seal<K> for Whole<K> {
    fn seal(&self, _: TypeId, _: K) -> Key {
        unreachable!("what is no key does not compile")
    }
}
