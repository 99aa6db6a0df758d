#ifndef MARTLET_CFRONTENDSERVER_H
#define MARTLET_CFRONTENDSERVER_H

// A library that is preloaded into the toolchain's compiler and has nothing to call: the compiler's
// own `open` leads into it. `CellCompiler.FrontendServer` is its other end.

#endif
