//! Nothing here: the stories live in `suite/`.
