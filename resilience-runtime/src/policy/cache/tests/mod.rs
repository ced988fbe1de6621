mod handle;
mod state;
