// A library without the function that makes it a plug-in.
extern "C" int tessera_nothing() { return 0; }
