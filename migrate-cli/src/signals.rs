//! Ctrl-C and SIGTERM: the first one stops the run between two statements, the second one at once.

use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::connect::RUNTIME;
use crate::context::Context;
use crate::exit::Exit;

static WATCHED: Once = Once::new();
static TERMINATED: AtomicBool = AtomicBool::new(false);

/// The exit code for an interruption: that of the signal which caused it.
pub(crate) fn exit() -> Exit {
    if TERMINATED.load(Ordering::Relaxed) { Exit::Terminated } else { Exit::Interrupted }
}

/// Sets the interrupt flag from now on, instead of dying.
pub(crate) fn watch(context: &Context) {
    let (flag, shell) = (Arc::clone(&context.interrupt), context.shell.clone());
    WATCHED.call_once(|| {
        RUNTIME.spawn(async move {
            while let Some(terminated) = signal().await {
                TERMINATED.store(terminated, Ordering::Relaxed);
                if flag.swap(true, Ordering::Relaxed) {
                    // The database takes back what was begun once the connection is gone.
                    let _ = shell.finish();
                    std::process::exit(i32::from(exit().code()));
                }
                shell.warning("stopping after this statement; once more stops at once");
            }
        });
    });
}

/// Waits for a signal; whether it was SIGTERM. None if signals cannot be watched.
#[cfg(unix)]
async fn signal() -> Option<bool> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    let mut interrupt = signal(SignalKind::interrupt()).ok()?;
    std::future::poll_fn(|context| {
        if terminate.poll_recv(context).is_ready() {
            std::task::Poll::Ready(Some(true))
        } else {
            interrupt.poll_recv(context).map(|_| Some(false))
        }
    })
    .await
}

#[cfg(not(unix))]
async fn signal() -> Option<bool> {
    tokio::signal::ctrl_c().await.ok().map(|()| false)
}
