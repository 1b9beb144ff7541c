/* python.exe, and with WINDOWED pythonw.exe: the whole of the publisher's own starter. */
#include <windows.h>
#include <wchar.h>

__declspec(dllimport) int Py_Main(int argc, wchar_t **argv);

#ifdef WINDOWED
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, LPWSTR line, int show)
{
    return Py_Main(__argc, __wargv);
}
#else
int wmain(int argc, wchar_t **argv)
{
    return Py_Main(argc, argv);
}
#endif
