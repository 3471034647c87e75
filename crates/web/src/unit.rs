//! Units of work, awaited: the store runs them on its own threads and no worker is blocked meanwhile.

use admin::Ports;
use kernel::work::submit;
use kernel::{Access, StorageFault};
use tokio::sync::oneshot;

use crate::state::AppState;
use crate::whence;

/// The ports of one transaction. The alias fixes the trait object's lifetime, which `&mut dyn Ports` would not.
type AllPorts = dyn Ports;

/// Runs `work` in a transaction that may write; answers after the commit.
pub(crate) async fn write<T, E>(
    state: &AppState,
    work: impl FnOnce(&mut AllPorts) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageFault> + Send + 'static,
{
    let source = whence::here();
    let work = move |ports: &mut AllPorts| {
        ports.come_from(source);
        work(ports)
    };
    run(state, Access::Write, work).await
}

/// Runs `work` against one consistent state.
pub(crate) async fn read<T, E>(
    state: &AppState,
    work: impl FnOnce(&mut AllPorts) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageFault> + Send + 'static,
{
    run(state, Access::Read, work).await
}

async fn run<T, E>(
    state: &AppState,
    access: Access,
    work: impl FnOnce(&mut AllPorts) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageFault> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    submit::<AllPorts, T, E>(&*state.store, access, work, move |answer| {
        // A client that hung up no longer waits for its answer.
        let _ = sender.send(answer);
    });
    receiver
        .await
        .unwrap_or_else(|_| Err(StorageFault::Unavailable("the store is shutting down".into()).into()))
}
