//! A socket whose other end must take what is written. It stands below TLS, where what is written is what is sent: above, an
//! answer that fits into a buffer looks as if it had been taken.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::alarm::Alarm;

/// A stream that gives up writing when nothing is taken for so long.
pub(super) struct Taking<T> {
    stream: T,
    patience: Duration,
    /// Since when nothing has been taken of what was offered.
    stuck_since: Option<Instant>,
    taken: Taken,
    alarm: Alarm,
}

/// When something was last taken.
#[derive(Clone)]
pub(super) struct Taken(Rc<Cell<Instant>>);

impl Taken {
    pub(super) fn last(&self) -> Instant {
        self.0.get()
    }
}

impl<T> Taking<T> {
    pub(super) fn new(stream: T, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            stuck_since: None,
            taken: Taken(Rc::new(Cell::new(Instant::now()))),
            alarm: Alarm::default(),
        }
    }

    pub(super) fn taken(&self) -> Taken {
        self.taken.clone()
    }

    /// What becomes of an attempt to write: where nothing is taken for too long, an error.
    fn judge(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if polled.is_ready() {
            self.stuck_since = None;
            self.taken.0.set(Instant::now());
            return polled;
        }
        let since = *self.stuck_since.get_or_insert_with(Instant::now);
        let end = since + self.patience;
        ready!(self.alarm.poll_reached(cx, end));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Taking<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Taking<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, polled)
    }

    /// All at once: TLS hands over its records one by one, and what it says last, before it gives up, is written in one go
    /// or not at all.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.judge(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
