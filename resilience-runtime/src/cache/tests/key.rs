use core::any::TypeId;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::cache::key::{AnyKey, CacheKey, Key, KeyKind as _, Keyed as _, Part, Typed, instance};

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
    assert_eq!(number(&sought), number(std::borrow::Borrow::borrow(&kept)));
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
    let owned: String = CacheKey::own(&part, (&&Part::of(&part)).kind(), ());
    assert_eq!(owned, "a");
    let list: &[u8] = &[1, 2];
    let owned: Vec<u8> = CacheKey::own(&list, (&&Part::of(&list)).kind(), ());
    assert_eq!(owned, [1, 2]);
    let number = 7_u64;
    let owned: u64 = CacheKey::own(&number, (&&Part::of(&number)).kind(), ());
    assert_eq!(owned, 7);
    let borrowed = &number;
    let owned: u64 = CacheKey::own(&borrowed, (&&Part::of(&borrowed)).kind(), ());
    assert_eq!(owned, 7);
}
