// It exists for its precompiled header only (tests/CMakeLists.txt).
int main() {}
