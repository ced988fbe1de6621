//! `Self` in arguments, results, bounds and bodies, of a generic type too.

use std::io;

use resilience_runtime::resilient;

#[derive(Clone, Debug, PartialEq)]
struct Node<T>(Vec<T>);

impl<T: Clone + PartialEq> Node<T> {
    #[resilient(retry = "fixed", fallback = Self::first)]
    async fn merge(&self, other: Self) -> io::Result<Self>
    where
        Self: Sized,
    {
        if other == *self {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let Self(mut list) = self.clone();
        list.extend(other.0);
        Ok(Self(list))
    }

    fn first(&self, _other: Self) -> io::Result<Self> {
        Ok(Self(self.0[..1].to_vec()))
    }
}

trait Named: Sized {
    const NAME: &'static str;

    #[resilient(retry = "fixed", timeout = "1s")]
    async fn name(self, _: &Self) -> io::Result<&'static str>
    where
        Self: Clone,
    {
        Ok(Self::NAME)
    }
}

impl Named for Node<u8> {
    const NAME: &'static str = "bytes";
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let node = Node(vec![1_u8, 2]);
    assert_eq!(node.merge(Node(vec![3])).await.unwrap(), Node(vec![1, 2, 3]));
    assert_eq!(node.merge(node.clone()).await.unwrap(), Node(vec![1]));
    assert_eq!(node.clone().name(&node).await.unwrap(), "bytes");
}
