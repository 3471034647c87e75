//! A connection that is closed when its client keeps us waiting.
//!
//! The HTTP library times the head of the first request on a connection and the pause after an answer, and nothing else: a
//! second request may arrive one byte an hour, what follows a refused request is read for as long as it comes, and an
//! answer nobody takes is offered for ever. Here all of that shows as bytes that become no request, silence, or writes
//! without progress.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use web::{Exchange, Patience};

use super::CLOSING;
use super::head::Head;

/// Bytes read since the last request began, beyond which no request will come of them. Heads stay below 128 KiB; the rest
/// is for clients that are still sending when they are refused, and read the answer only then.
const MOST_UNCLAIMED: usize = 2 * 1024 * 1024;
/// How much later than the HTTP library, which closes more politely, silence is noticed here.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// A stream with limits.
pub(super) struct Connection<T> {
    stream: T,
    patience: Patience,
    exchange: Exchange,
    /// Requests that had begun when we last looked.
    begun: u64,
    /// Bytes read since, and when the first of them came.
    unclaimed: usize,
    unclaimed_since: Option<Instant>,
    head: Head,
    /// When something last went well: a request began, was answered, or some of an answer was taken.
    progress: Instant,
    /// Since when an answer has not been taken.
    stuck_since: Option<Instant>,
    alarm: Alarm,
}

impl<T> Connection<T> {
    pub(super) fn new(stream: T, patience: Patience) -> Self {
        Self {
            stream,
            patience,
            exchange: Exchange::default(),
            begun: 0,
            unclaimed: 0,
            unclaimed_since: None,
            head: Head::default(),
            progress: Instant::now(),
            stuck_since: None,
            alarm: Alarm::default(),
        }
    }

    /// To be told of requests.
    pub(super) fn exchange(&self) -> Exchange {
        self.exchange.clone()
    }

    /// Whether bytes that come in now belong to a request that is being handled; how long it may take is not for us to say.
    fn is_claimed(&mut self) -> bool {
        let begun = self.exchange.begun();
        let is_open = self.exchange.is_open();
        if is_open || begun != self.begun {
            self.begun = begun;
            self.unclaimed = 0;
            self.unclaimed_since = None;
            self.head = Head::default();
            self.progress = Instant::now();
        }
        is_open
    }

    /// When to give up hearing of a next request.
    fn reading_ends(&self) -> Instant {
        match self.unclaimed_since {
            _ if self.exchange.is_over() => self.progress + CLOSING,
            Some(since) => since + self.patience.head,
            None => self.progress + self.patience.idle + AFTERWARDS,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let is_claimed = self.is_claimed();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if is_claimed {
            return polled;
        }
        if polled.is_pending() {
            let end = self.reading_ends();
            ready!(self.alarm.poll_reached(cx, end));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let read = buffer.filled().len() - before;
        self.head.inspect(&mut buffer.filled_mut()[before..]);
        if read > 0 {
            self.unclaimed += read;
            self.unclaimed_since.get_or_insert_with(Instant::now);
        }
        if self.unclaimed > MOST_UNCLAIMED {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if polled.is_ready() {
            self.stuck_since = None;
            self.progress = Instant::now();
            return polled;
        }
        let since = *self.stuck_since.get_or_insert_with(Instant::now);
        let end = since + self.patience.answer;
        ready!(self.alarm.poll_reached(cx, end));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Wakes the connection. Set anew only when it rang or would ring too late: by then what it was set for is mostly done.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once `end` is reached; until then the task is woken by then, or earlier for nothing.
    fn poll_reached(&mut self, cx: &mut Context<'_>, end: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if end < sleep.deadline() {
            sleep.as_mut().reset(end);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= end {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(end);
        }
    }
}
