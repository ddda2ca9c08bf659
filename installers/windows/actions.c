/* What the .msi asks before it changes anything: whether the policy file that it was told is there,
 * named by its whole path, for it is read again from another folder.
 *
 * Without this, an installation with a mistyped POLICYFILE would end well and have changed nobody's
 * mail, and nobody would know. It runs as whoever installs, so it sees what that person sees.
 */
#include <windows.h>
#include <msi.h>
#include <msiquery.h>

#include <stdlib.h>
#include <wchar.h>

#define LONGEST 32768

static UINT tell(MSIHANDLE install, const wchar_t *path)
{
    MSIHANDLE record = MsiCreateRecord(1);
    MsiRecordSetStringW(record, 0,
                        L"POLICYFILE cannot be read, so nothing was installed: [1]  /  POLICYFILE "
                        L"n\u00e3o pode ser lido, e por isso nada foi instalado: [1]");
    MsiRecordSetStringW(record, 1, path);
    MsiProcessMessage(install, INSTALLMESSAGE_ERROR, record);
    MsiCloseHandle(record);
    return ERROR_INSTALL_FAILURE;
}

__declspec(dllexport) UINT WINAPI CheckPolicy(MSIHANDLE install)
{
    static wchar_t path[LONGEST];
    DWORD size = LONGEST;
    UINT result = MsiGetPropertyW(install, L"POLICYFILE", path, &size);
    if (result != ERROR_SUCCESS)
        return tell(install, L"?");
    if (path[0] == 0)
        return ERROR_SUCCESS;
    BOOL whole = (path[0] == L'\\' && path[1] == L'\\') || (path[1] == L':' && path[2] == L'\\');
    if (!whole)
        return tell(install, path);
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) /* not there, a folder, or not to be read */
        return tell(install, path);
    CloseHandle(file);
    return ERROR_SUCCESS;
}
