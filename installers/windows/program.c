/* Configure587.exe (-DWINDOW) and configure587c.exe: they start the program in the Python beside
 * them, cut off from any other Python of the computer, with UTF-8 for everything.
 *
 * The window's program is one of the window, the other one of the console; that is all the
 * difference. Whoever wants to know whether one of them is at work asks for MUTEX.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>
#include <wchar.h>

#define MUTEX L"Local\\Configure587"
#define LONGEST 32768 /* characters of a path, with long paths switched on */
#define CANNOT_START 120

#ifdef WINDOW
#define DOOR "main_gui"
#else
#define DOOR "main"
#endif
#define WIDE(text) L##text
#define WIDER(text) WIDE(text)
/* What is shown to people as the command is what they can type: the path of this program. It is no
 * python.exe, which `frozen` tells whoever starts it again (machine/here.py). */
#define CODE                                                                       \
    L"import sys; sys.frozen = True; sys.argv[0] = sys.executable; from "          \
    WIDER(PACKAGE) L".cli import " WIDER(DOOR) L" as main; sys.exit(main())"

typedef int (*python_main)(int, wchar_t **);

static int refuse(const wchar_t *path)
{
    const int portuguese = PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_PORTUGUESE;
    const wchar_t *format =
        portuguese ? L"Falta uma parte do programa. Instale-o de novo; suas mensagens e suas "
                     L"contas n\u00e3o s\u00e3o afetadas.\n\n%ls"
                   : L"A part of the program is missing. Install it again; your messages and "
                     L"accounts are not affected.\n\n%ls";
    wchar_t *text = calloc(LONGEST + 256, sizeof *text);
    if (text != NULL && swprintf(text, LONGEST + 255, format, path) > 0) {
#ifdef WINDOW
        MessageBoxW(NULL, text, L"Configure 587!", MB_OK | MB_ICONERROR);
#else
        DWORD written;
        char *bytes = calloc(LONGEST + 256, 4);
        int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, (LONGEST + 256) * 4, NULL, NULL);
        if (size > 1)
            WriteFile(GetStdHandle(STD_ERROR_HANDLE), bytes, (DWORD)size - 1, &written, NULL);
#endif
    }
    return CANNOT_START;
}

/* python311.dll beside this program, whose own needs are looked for there and in Windows only. */
static HMODULE python(wchar_t *path)
{
    DWORD length = GetModuleFileNameW(NULL, path, LONGEST);
    wchar_t *name = length > 0 && length < LONGEST ? wcsrchr(path, L'\\') : NULL;
    if (name == NULL || (size_t)(name - path) + 16 > LONGEST)
        return NULL;
    wcscpy(name + 1, L"python311.dll");
    return LoadLibraryExW(path, NULL,
                          LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
}

static int run(int count, wchar_t **words)
{
    static wchar_t path[LONGEST + 16];
    /* Nothing is ever loaded from the current folder, such as the one for downloads. */
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    CreateMutexW(NULL, FALSE, MUTEX); /* until we end */
    HMODULE library = python(path);
    python_main start = NULL;
    if (library != NULL)
        start = (python_main)(void *)GetProcAddress(library, "Py_Main");
    wchar_t **ours = calloc((size_t)count + 7, sizeof *ours);
    if (start == NULL || ours == NULL)
        return refuse(path);
    wchar_t *first[] = {words[0], L"-I", L"-X", L"utf8", L"-c", CODE};
    memcpy(ours, first, sizeof first);
    for (int each = 1; each < count; each++)
        ours[5 + each] = words[each];
    return start(count + 5, ours);
}

#ifdef WINDOW
int WINAPI wWinMain(HINSTANCE self, HINSTANCE before, LPWSTR line, int show)
{
    (void)self, (void)before, (void)line, (void)show;
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    return words == NULL ? CANNOT_START : run(count, words);
}
#else
int wmain(int count, wchar_t **words)
{
    return run(count, words);
}
#endif
