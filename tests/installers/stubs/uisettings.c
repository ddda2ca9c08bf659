/* Only for tests: the class Windows.UI.ViewManagement.UISettings, which Wine 8 lacks and without
 * which Qt's plug-in for Windows does not start. It tells the colors of a fresh Windows 10.
 *
 * An object of WinRT is a table of functions. The first six are those of IInspectable; which ones
 * follow depends on the interface. Of IUISettings3 that is GetColorValue and a pair for an event;
 * every function of the others answers that it is not there. Nothing is ever freed: a handful of
 * objects for the life of a test.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdlib.h>

enum { inspectable = 6, longest = 48 };

typedef struct {
    void **functions;
    LONG references;
} object;

typedef struct {
    BYTE alpha, red, green, blue;
} color;

static const GUID settings3 = {
    0x03021be4, 0x5254, 0x4781, {0x81, 0x94, 0x51, 0x68, 0xf7, 0xd0, 0x6d, 0x7b}};
static const GUID marshal = {0x00000003, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID weak_source = {0x00000038, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

static void *factory[longest], *with_colors[longest], *without[longest];

static object *make(void **functions)
{
    object *made = calloc(1, sizeof *made);
    made->functions = functions;
    made->references = 1;
    return made;
}

static HRESULT WINAPI ask(object *self, const GUID *wanted, void **answer)
{
    *answer = NULL;
    if (IsEqualGUID(wanted, &marshal) || IsEqualGUID(wanted, &weak_source))
        return E_NOINTERFACE;
    if (self->functions == factory) {
        InterlockedIncrement(&self->references);
        *answer = self;
    } else {
        *answer = make(IsEqualGUID(wanted, &settings3) ? with_colors : without);
    }
    return S_OK;
}

static ULONG WINAPI hold(object *self) { return InterlockedIncrement(&self->references); }
static ULONG WINAPI release(object *self) { return InterlockedDecrement(&self->references); }

static HRESULT WINAPI interfaces(object *self, ULONG *count, GUID **list)
{
    (void)self;
    *count = 0;
    *list = NULL;
    return S_OK;
}

static HRESULT WINAPI name(object *self, void **text)
{
    (void)self;
    *text = NULL;
    return S_OK;
}

static HRESULT WINAPI trust(object *self, int *level)
{
    (void)self;
    *level = 0;
    return S_OK;
}

static HRESULT WINAPI activate(object *self, void **made)
{
    (void)self;
    *made = make(without);
    return S_OK;
}

static HRESULT WINAPI absent(object *self)
{
    (void)self;
    return E_NOTIMPL;
}

static HRESULT WINAPI color_of(object *self, int what, color *answer)
{
    const color paper = {255, 255, 255, 255}, ink = {255, 0, 0, 0}, accent = {255, 0, 120, 215};
    (void)self;
    *answer = what == 0 ? paper : what == 1 ? ink : accent;
    return S_OK;
}

static HRESULT WINAPI listen(object *self, void *handler, INT64 *token)
{
    (void)self, (void)handler;
    *token = 1;
    return S_OK;
}

static HRESULT WINAPI listen_no_more(object *self, INT64 token)
{
    (void)self, (void)token;
    return S_OK;
}

static void fill(void **table)
{
    void *first[inspectable] = {ask, hold, release, interfaces, name, trust};
    for (int each = 0; each < longest; each++)
        table[each] = each < inspectable ? first[each] : (void *)absent;
}

__declspec(dllexport) HRESULT WINAPI DllGetActivationFactory(void *class, void **answer)
{
    (void)class;
    fill(factory);
    fill(with_colors);
    fill(without);
    factory[inspectable] = activate;
    with_colors[inspectable] = color_of;
    with_colors[inspectable + 1] = listen;
    with_colors[inspectable + 2] = listen_no_more;
    *answer = make(factory);
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return S_FALSE; }
