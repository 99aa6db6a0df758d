// An empty module. Every cell imports it, ahead of all else; a compiler that was started before
// there was a cell waits where it would open it.
