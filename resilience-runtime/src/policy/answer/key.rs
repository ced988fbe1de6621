//! What answers and calls under way are found by: values of any types in one table, compared by `Eq`.

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
pub(crate) trait Keyed: Send + Sync {
    fn is(&self, other: &AnyKey) -> bool;
    fn number(&self, state: &mut dyn Hasher);
    #[cfg(feature = "cache")]
    fn instance(&self) -> TypeId;
    /// The number of the key, whosever it is.
    #[cfg(feature = "cache")]
    fn number_of_value(&self, state: &mut dyn Hasher);
    fn as_any(&self) -> &dyn Any;
}

/// It, for as long as it likes.
pub(crate) type AnyKey = dyn Keyed;

/// A key of one type.
#[derive(Clone, Debug)]
pub(crate) struct Typed<K> {
    pub(crate) instance: TypeId,
    pub(crate) key: K,
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

    #[cfg(feature = "cache")]
    fn instance(&self) -> TypeId {
        self.instance
    }

    #[cfg(feature = "cache")]
    fn number_of_value(&self, mut state: &mut dyn Hasher) {
        self.key.hash(&mut state);
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
pub struct Key(pub(crate) Arc<AnyKey>);

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

/// Asks a [`Part`] how it is kept: `(&&part).__kind()`.
pub trait KeyKind<K> {
    /// The kind that this depth of references stands for.
    fn __kind(&self) -> K;
}

impl<T: ToOwned + ?Sized> KeyKind<Borrowed> for &Part<&T> {
    #[inline]
    fn __kind(&self) -> Borrowed {
        Borrowed
    }
}

impl<T> KeyKind<Owned> for Part<T> {
    #[inline]
    fn __kind(&self) -> Owned {
        Owned
    }
}

/// What is kept of a part.
///
/// Without the bounds of [`CacheKey`], so that a part that does not meet them is one mistake.
pub trait KeptAs<By> {
    /// It.
    type Owned;
}

impl<T> KeptAs<Owned> for T {
    type Owned = T;
}

impl<T: ToOwned + ?Sized> KeptAs<Borrowed> for &T {
    type Owned = T::Owned;
}

/// What answers can be found by.
///
/// Generic in `For` for the reason that [`Argument`](crate::__private::Argument) is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of `cache` or `coalesce`, which keep copies and compare them; write `key = ..` \
               with a value that is `Clone`, `Hash`, `Eq`, `Send` and `Sync`, like a name or a number",
    label = "not `Clone`, `Hash`, `Eq`, `Send` and `Sync`"
)]
pub trait CacheKey<By, For>: KeptAs<By> {
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

/// Makes the key of a [`Whole`]: `(&&whole).__seal(..)`.
pub trait Seal<K> {
    /// The key, for the `instance` of the function alone.
    fn __seal(&self, instance: TypeId, key: K) -> Key;
}

impl<K: Hash + Eq + Send + Sync + 'static> Seal<K> for &Whole<K> {
    #[inline]
    fn __seal(&self, instance: TypeId, key: K) -> Key {
        Key(Arc::new(Typed { instance, key }))
    }
}

impl<K> Seal<K> for Whole<K> {
    fn __seal(&self, _: TypeId, _: K) -> Key {
        unreachable!("what is no key does not compile")
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    fn number(key: &AnyKey) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }

    fn key<K>(key: K) -> Typed<K> {
        Typed { instance: TypeId::of::<()>(), key }
    }

    #[test]
    fn keys_are_equal_by_value_type_and_instance() {
        assert!(key(7_u64).is(&key(7_u64)));
        assert!(!key(7_u64).is(&key(8_u64)));
        assert!(!key(7_u64).is(&key(7_i64)));
        assert!(!key(7_u64).is(&Typed { instance: TypeId::of::<u8>(), key: 7_u64 }));
    }

    #[test]
    fn a_key_is_found_by_a_borrow_of_an_equal_one() {
        let (sought, kept) = (key("a".to_owned()), Key(Arc::new(key("a".to_owned()))));
        assert_eq!(number(&sought), number(Borrow::borrow(&kept)));
        let mut map = std::collections::HashMap::new();
        map.insert(kept, 1);
        assert_eq!(map.get(&sought as &AnyKey), Some(&1));
    }

    #[test]
    fn keys_of_one_hash_are_still_two() {
        #[derive(Clone, Debug, PartialEq, Eq)]
        struct Colliding(u8);
        impl Hash for Colliding {
            fn hash<H: Hasher>(&self, _: &mut H) {}
        }
        assert_eq!(number(&key(Colliding(1))), number(&key(Colliding(2))));
        assert!(!key(Colliding(1)).is(&key(Colliding(2))));
    }

    #[test]
    fn instances_of_a_generic_function_are_told_apart() {
        fn of<T>(_: &T) -> TypeId {
            instance(|| ())
        }
        let text = "a".to_owned();
        assert_eq!(of(&1_u8), of(&2_u8));
        assert_ne!(of(&1_u8), of(&1_i8));
        // Lifetimes make no difference.
        assert_eq!(of(&text.as_str()), of(&"a"));
    }

    #[test]
    #[expect(clippy::needless_borrow, reason = "the depth of references is what method resolution goes by")]
    fn borrows_are_kept_as_what_they_borrow() {
        let text = String::from("a");
        let part = text.as_str();
        let owned: String = CacheKey::own(&part, (&&Part::of(&part)).__kind(), ());
        assert_eq!(owned, "a");
        let list: &[u8] = &[1, 2];
        let owned: Vec<u8> = CacheKey::own(&list, (&&Part::of(&list)).__kind(), ());
        assert_eq!(owned, [1, 2]);
        let number = 7_u64;
        let owned: u64 = CacheKey::own(&number, (&&Part::of(&number)).__kind(), ());
        assert_eq!(owned, 7);
        let borrowed = &number;
        let owned: u64 = CacheKey::own(&borrowed, (&&Part::of(&borrowed)).__kind(), ());
        assert_eq!(owned, 7);
    }
}
