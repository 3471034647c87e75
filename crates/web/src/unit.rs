//! Units of work, awaited: the store runs them on its own threads and no worker is blocked meanwhile.

use admin::Ports;
use kernel::work::{Job, Run, prepare};
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
    let (run, answer) = prepare(work);
    answer.after(committed(state, access, run).await)
}

/// Waits until the job is committed, or is not.
async fn committed(state: &AppState, access: Access, run: Run<AllPorts>) -> Result<(), StorageFault> {
    let (sender, receiver) = oneshot::channel();
    let done = Box::new(move |committed| {
        // A client that hung up no longer waits for its answer.
        let _ = sender.send(committed);
    });
    state.store.submit(access, Job { run, done });
    let shut_down = |_| Err(StorageFault::Unavailable("the store is shutting down".into()));
    receiver.await.unwrap_or_else(shut_down)
}
