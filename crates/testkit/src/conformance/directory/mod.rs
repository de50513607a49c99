//! The contract of [`ports::directory`].
