//! What the hub and a connection's task tell each other: "there is something to send", and orders.

use futures_util::task::AtomicWaker;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Waker;
use wire::gateway::close::Close;

/// What a connection is told to do. Of two orders the later variant counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Order {
    /// The server restarts: op 7, then close.
    Restart = 1,
    /// Somebody else resumed the session, or it was dropped, or its reader is too slow: close with 4000. Whether
    /// the client can resume is the session's matter.
    Cut = 2,
    /// The token is void: close with 4004.
    Revoked = 3,
}

impl Order {
    /// How the connection closes; `None` if it does not at once.
    pub(crate) const fn close(self) -> Option<Close> {
        match self {
            Self::Restart => None,
            Self::Cut => Some(Close::UnknownError),
            Self::Revoked => Some(Close::AuthenticationFailed),
        }
    }
}

/// One connection, as others see it.
#[derive(Debug, Default)]
pub(crate) struct Link {
    waker: AtomicWaker,
    order: AtomicU8,
}

impl Link {
    /// There is something to send.
    pub(crate) fn wake(&self) {
        self.waker.wake();
    }

    /// Gives an order.
    pub(crate) fn give(&self, order: Order) {
        self.order.fetch_max(order as u8, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Whom to wake. Before the connection looks for orders and events, so that none is missed.
    pub(crate) fn listen(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// The order given, if any; it stays given.
    pub(crate) fn order(&self) -> Option<Order> {
        match self.order.load(Ordering::Acquire) {
            0 => None,
            1 => Some(Order::Restart),
            2 => Some(Order::Cut),
            _ => Some(Order::Revoked),
        }
    }
}
