//! A connection that is closed when its client keeps us waiting.
//!
//! The HTTP library times the head of the first request on a connection and the pause after an answer, and nothing else: a
//! second request may arrive one byte an hour, what follows a refused request is read for as long as it comes. Here all of
//! that shows as bytes that become no request, or silence. Answers nobody takes are noticed further down, below TLS
//! ([`Taking`](super::taking::Taking)).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use web::{ClientCertificate, Exchange, Patience};

use super::CLOSING;
use super::alarm::Alarm;
use super::head::Head;
use super::stream::Stream;
use super::taking::Taken;

/// Bytes read since the last request began, beyond which no request will come of them. Heads stay below 128 KiB; the rest
/// is for clients that are still sending when they are refused, and read the answer only then.
const MOST_UNCLAIMED: usize = 2 * 1024 * 1024;
/// How much later than the HTTP library, which closes more politely, silence is noticed here.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// A stream with limits.
pub(super) struct Connection {
    stream: Stream,
    patience: Patience,
    exchange: Exchange,
    /// Requests that had begun when we last looked.
    begun: u64,
    /// Bytes read since, and when the first of them came.
    unclaimed: usize,
    unclaimed_since: Option<Instant>,
    head: Head,
    /// When something last went well: a request began or was answered.
    progress: Instant,
    /// When some of an answer was last taken.
    taken: Taken,
    alarm: Alarm,
}

impl Connection {
    pub(super) fn new(stream: Stream, patience: Patience) -> Self {
        Self {
            taken: stream.taken(),
            stream,
            patience,
            exchange: Exchange::default(),
            begun: 0,
            unclaimed: 0,
            unclaimed_since: None,
            head: Head::default(),
            progress: Instant::now(),
            alarm: Alarm::default(),
        }
    }

    /// To be told of requests.
    pub(super) fn exchange(&self) -> Exchange {
        self.exchange.clone()
    }

    /// The certificate its client presented.
    pub(super) fn certificate(&self) -> Option<ClientCertificate> {
        self.stream.certificate()
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
        let progress = self.progress.max(self.taken.last());
        match self.unclaimed_since {
            _ if self.exchange.is_over() => progress + CLOSING,
            Some(since) => since + self.patience.head,
            None => progress + self.patience.idle + AFTERWARDS,
        }
    }
}

impl AsyncRead for Connection {
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

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if polled.is_ready() {
            self.progress = Instant::now();
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
