/* Only for tests: the mscms.dll of Wine 8 lacks WcsCreateIccProfile, which Qt's plug-in for Windows
 * is linked to. This one says of every screen that it has no color profile.
 */
#include <windows.h>

#define OFFER __declspec(dllexport)

OFFER HANDLE WINAPI OpenColorProfileW(void *profile, DWORD access, DWORD share, DWORD creation)
{
    (void)profile, (void)access, (void)share, (void)creation;
    SetLastError(ERROR_FILE_NOT_FOUND);
    return NULL;
}

OFFER BOOL WINAPI CloseColorProfile(HANDLE profile)
{
    (void)profile;
    return TRUE;
}

OFFER BOOL WINAPI GetColorProfileFromHandle(HANDLE profile, BYTE *bytes, DWORD *size)
{
    (void)profile, (void)bytes;
    *size = 0;
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

OFFER HANDLE WINAPI WcsCreateIccProfile(HANDLE profile, DWORD options)
{
    (void)profile, (void)options;
    return NULL;
}
