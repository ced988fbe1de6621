//! What an annotated function is called in spans.

use resilience_runtime::{resilient, testing};

type Done = Result<(), String>;

/// The operation of the call that `call` makes.
async fn operation_of(call: impl Future<Output = Done>) -> String {
    let recording = testing::record();
    call.await.expect("every function here succeeds");
    recording.call().operation
}

#[resilient(retry = "fixed")]
async fn free() -> Done {
    Ok(())
}

#[resilient(retry = "fixed")]
async fn generic<T: Clone>(_: T) -> Done {
    Ok(())
}

#[resilient(retry = "fixed")]
fn future() -> impl Future<Output = Done> + Send {
    let done = Ok(());
    async { done }
}

#[resilient(retry = "fixed", name = "checkout")]
async fn renamed() -> Done {
    Ok(())
}

mod r#async {
    #[super::resilient(retry = "fixed")]
    pub(super) async fn r#fn() -> super::Done {
        Ok(())
    }
}

macro_rules! functions {
    ($($name:ident),*) => {$(
        #[resilient(retry = "fixed")]
        async fn $name() -> Done {
            Ok(())
        }
    )*};
}

functions!(from_macro);

#[tokio::test]
async fn a_function_has_its_path() {
    assert_eq!(operation_of(free()).await, "behaviour::operation::free");
    assert_eq!(operation_of(generic(1)).await, "behaviour::operation::generic");
    assert_eq!(operation_of(future()).await, "behaviour::operation::future");
    assert_eq!(operation_of(from_macro()).await, "behaviour::operation::from_macro");
    assert_eq!(operation_of(r#async::r#fn()).await, "behaviour::operation::async::fn");
}

#[tokio::test]
async fn a_name_takes_the_place_of_the_path() {
    let recording = testing::record();
    renamed().await.unwrap();
    let call = recording.call();
    assert_eq!(call.operation, "checkout");
    assert_eq!(call.fields["otel.name"], "checkout");
    assert_eq!(call.attempts[0].fields["otel.name"], "checkout attempt");
    assert_eq!(call.fields["code.function.name"], "behaviour::operation::renamed");
}

struct Client;
struct Pool<T>(T);
struct Text<'a>(&'a str);
struct Ring<const N: usize>;

impl Client {
    #[resilient(retry = "fixed")]
    async fn own(&self) -> Done {
        Ok(())
    }
}

impl<T> Pool<T> {
    #[resilient(retry = "fixed")]
    async fn own(&self) -> Done {
        Ok(())
    }

    #[resilient(retry = "fixed")]
    async fn with<U: Clone>(&self, _: U) -> Done {
        Ok(())
    }
}

impl Text<'_> {
    #[resilient(retry = "fixed")]
    async fn own(&self) -> Done {
        assert!(self.0.is_empty());
        Ok(())
    }
}

impl<const N: usize> Ring<N> {
    #[resilient(retry = "fixed")]
    async fn own(&self) -> Done {
        Ok(())
    }
}

mod elsewhere {
    use super::{Client, Done, Load, Pool, resilient};

    impl Client {
        #[resilient(retry = "fixed")]
        pub(super) async fn far(&self) -> Done {
            Ok(())
        }
    }

    impl<T> Pool<T> {
        #[resilient(retry = "fixed")]
        pub(super) async fn far(&self) -> Done {
            Ok(())
        }
    }

    impl Load for Vec<Client> {
        #[resilient(retry = "fixed")]
        async fn load(&self) -> Done {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_method_has_the_path_of_its_type() {
    assert_eq!(operation_of(Client.own()).await, "behaviour::operation::Client::own");
    assert_eq!(operation_of(Pool(1).own()).await, "behaviour::operation::Pool::own");
    assert_eq!(operation_of(Pool(1).with("x")).await, "behaviour::operation::Pool::with");
    assert_eq!(operation_of(Text("").own()).await, "behaviour::operation::Text::own");
    assert_eq!(operation_of(Ring::<3>.own()).await, "behaviour::operation::Ring::own");
    assert_eq!(operation_of(Client.far()).await, "behaviour::operation::Client::far");
    assert_eq!(operation_of(Pool(1).far()).await, "behaviour::operation::Pool::far");
}

trait Load {
    async fn load(&self) -> Done;

    #[resilient(retry = "fixed")]
    async fn given(&self) -> Done {
        Ok(())
    }
}

impl Load for Client {
    #[resilient(retry = "fixed")]
    async fn load(&self) -> Done {
        Ok(())
    }
}

impl<T> Load for Pool<T> {
    #[resilient(retry = "fixed")]
    async fn load(&self) -> Done {
        Ok(())
    }
}

impl Load for &Ring<3> {
    #[resilient(retry = "fixed")]
    async fn load(&self) -> Done {
        Ok(())
    }
}

impl Load for u32 {
    #[resilient(retry = "fixed")]
    async fn load(&self) -> Done {
        Ok(())
    }
}

impl Load for Box<dyn Fn(u32) -> u32> {
    #[resilient(retry = "fixed")]
    async fn load(&self) -> Done {
        assert_eq!(self(1), 1);
        Ok(())
    }
}

trait Reload {
    async fn reload(&self) -> Done;
}

impl<T: Load> Reload for T {
    #[resilient(retry = "fixed")]
    async fn reload(&self) -> Done {
        Ok(())
    }
}

#[tokio::test]
async fn a_method_of_a_trait_has_the_path_of_its_type() {
    assert_eq!(operation_of(Client.load()).await, "behaviour::operation::Client::load");
    assert_eq!(operation_of(Pool(1).load()).await, "behaviour::operation::Pool::load");
    assert_eq!(operation_of((&Ring::<3>).load()).await, "behaviour::operation::Ring::load");
}

#[tokio::test]
async fn a_method_has_the_path_of_its_trait_where_the_type_has_none_in_the_program() {
    assert_eq!(operation_of(Load::given(&Client)).await, "behaviour::operation::Load::given");
    assert_eq!(operation_of(Client.reload()).await, "behaviour::operation::Reload::reload");
    assert_eq!(operation_of(7_u32.load()).await, "behaviour::operation::Load::load");
    assert_eq!(operation_of(vec![Client].load()).await, "behaviour::operation::Load::load");
    let boxed: Box<dyn Fn(u32) -> u32> = Box::new(|x| x);
    assert_eq!(operation_of(boxed.load()).await, "behaviour::operation::Load::load");
}

#[async_trait::async_trait]
trait Fetch {
    async fn under(&self) -> Done;
    async fn over(&self) -> Done;

    #[resilient(retry = "fixed")]
    async fn given(&self) -> Done {
        Ok(())
    }
}

#[async_trait::async_trait]
impl Fetch for Client {
    #[resilient(retry = "fixed")]
    async fn under(&self) -> Done {
        Ok(())
    }

    #[resilient(retry = "fixed", name = "over")]
    async fn over(&self) -> Done {
        Ok(())
    }
}

#[async_trait::async_trait]
impl<T: Send + Sync> Fetch for Pool<T> {
    #[resilient(retry = "fixed")]
    async fn under(&self) -> Done {
        Ok(())
    }

    async fn over(&self) -> Done {
        Ok(())
    }
}

#[tokio::test]
async fn a_boxed_method_has_the_path_of_its_type() {
    assert_eq!(operation_of(Client.under()).await, "behaviour::operation::Client::under");
    assert_eq!(operation_of(Client.over()).await, "over");
    assert_eq!(operation_of(Pool(1).under()).await, "behaviour::operation::Pool::under");
    assert_eq!(operation_of(Fetch::given(&Client)).await, "behaviour::operation::Fetch::given");
    operation_of(async {
        Fetch::over(&Pool(1)).await?;
        free().await
    })
    .await;
}

#[tokio::test]
async fn a_function_in_a_function_has_the_outer_one_in_its_path() {
    const OUTER: &str = "behaviour::operation::a_function_in_a_function_has_the_outer_one_in_its_path::inner";

    #[resilient(retry = "fixed")]
    async fn inner() -> Done {
        Ok(())
    }
    let in_closure = || {
        #[resilient(retry = "fixed")]
        async fn inner() -> Done {
            Ok(())
        }
        inner()
    };
    assert_eq!(operation_of(inner()).await, OUTER);
    assert_eq!(operation_of(in_closure()).await, OUTER);
}
