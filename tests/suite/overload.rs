//! More people and requests than there is room for.
