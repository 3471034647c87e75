//! A connection to Redis that never makes anybody wait for long, and is given up at the first surprise.

use std::time::Duration;

use redis::{Client, Connection, FromRedisValue, Pipeline, RedisResult};

use super::url::CacheUrl;

/// A connection, while there is one.
pub struct Link {
    client: Client,
    connection: Option<Connection>,
}

impl Link {
    /// To the Redis of `url`; connects to nothing yet.
    pub fn new(url: &CacheUrl) -> RedisResult<Self> {
        Ok(Self {
            client: url.client()?,
            connection: None,
        })
    }

    /// Whether there is a connection. It may have died unnoticed.
    pub fn is_up(&self) -> bool {
        self.connection.is_some()
    }

    /// Connects and authenticates within `patience`; so long, too, may every later answer take.
    pub fn connect(&mut self, patience: Duration) -> RedisResult<()> {
        let connection = self.client.get_connection_with_timeout(patience)?;
        connection.set_read_timeout(Some(patience))?;
        connection.set_write_timeout(Some(patience))?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Asks several things in one trip. After any failure the connection is given up: an answer that was not waited for
    /// would be taken for that of the next question.
    pub fn ask<T: FromRedisValue>(&mut self, questions: &Pipeline) -> RedisResult<T> {
        let Some(connection) = &mut self.connection else {
            return Err(std::io::Error::from(std::io::ErrorKind::NotConnected).into());
        };
        let answers = questions.query(connection);
        if answers.is_err() {
            self.hang_up();
        }
        answers
    }

    /// Ends the connection.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }
}
