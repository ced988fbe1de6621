mod handle;
mod key;
mod state;
