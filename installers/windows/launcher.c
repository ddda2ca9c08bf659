/* The python.exe of the Windows lab: what CPython's own PC/python.c does, no more.
 *
 * Packages carry python311.dll but no python.exe, so this one is compiled with mingw-w64 and linked
 * to that DLL. It finds Lib and DLLs beside itself, as any Windows Python does.
 */
#include <wchar.h>

__declspec(dllimport) int Py_Main(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
    return Py_Main(argc, argv);
}
