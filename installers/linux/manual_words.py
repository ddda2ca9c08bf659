"""What the manual page says beside the parser's own words, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configure587.i18n import ENGLISH, PORTUGUESE
from configure587.report import exit_codes

if TYPE_CHECKING:
    from collections.abc import Mapping


class Words(NamedTuple):
    """One language of the manual page."""

    manual: str
    name: str
    synopsis: str
    description: str
    verbs: str
    options: str
    exit_status: str
    files: str
    examples: str
    see_also: str
    verb: str
    option: str
    summary: str
    story: tuple[str, ...]
    shared: str
    codes: Mapping[int, str]
    paths: Mapping[str, str]
    tries: Mapping[str, str]


EN: Final = Words(
    manual="User commands",
    name="NAME",
    synopsis="SYNOPSIS",
    description="DESCRIPTION",
    verbs="COMMANDS",
    options="OPTIONS",
    exit_status="EXIT STATUS",
    files="FILES",
    examples="EXAMPLES",
    see_also="SEE ALSO",
    verb="COMMAND",
    option="OPTION",
    summary="move outgoing mail from port 25 to port 587, with a way back",
    story=(
        (
            "Nothing is changed before the server has been proven from this network, and before a "
            "backup has been made and read back. If anything fails, everything is put back."
        ),
        "configure587-gui opens the window; so does configure587 window.",
    ),
    shared="These options may stand before the command or after it.",
    codes={
        exit_codes.DONE: "done, or nothing to do",
        exit_codes.REFUSED: "refused; nothing was changed",
        exit_codes.USAGE: "the command line was not understood",
        exit_codes.DUE: "changes are due",
        exit_codes.NEEDS_A_PERSON: "something needs a person",
        exit_codes.NOT_PROVEN: "a server was not proven from this network",
        exit_codes.DEFERRED: "the mail program is open; left for later",
        exit_codes.IN_PART: "done in part",
        exit_codes.OTHER_SIGN_IN: "the server is good, but takes no password",
        exit_codes.HELD: "held: not this computer's turn, or too many have failed",
        exit_codes.FAILED: "failed; what had been begun was put back",
        exit_codes.OUR_BUG: "a bug of ours; a crash file was written",
        exit_codes.NO_PERMISSION: "the system does not allow it",
        exit_codes.STOPPED: "stopped at a safe point",
    },
    paths={
        "~/.local/share/configure587/backups/": "the backups; removing the package leaves them",
        "~/.local/share/configure587/logs/": "what was done and when, without values",
        "/etc/configure587/policy.d/": "the policies of an organisation for this computer",
    },
    tries={
        "configure587 demo": "see the whole story on a sample computer",
        "configure587 scan": "see what is found here; nothing is changed",
        "configure587 apply": "make the changes, after a question and a backup",
        "configure587 rollback": "undo the last change",
    },
)
PT_BR: Final = Words(
    manual="Comandos do usuário",
    name="NOME",
    synopsis="SINOPSE",
    description="DESCRIÇÃO",
    verbs="COMANDOS",
    options="OPÇÕES",
    exit_status="CÓDIGOS DE SAÍDA",
    files="ARQUIVOS",
    examples="EXEMPLOS",
    see_also="VEJA TAMBÉM",
    verb="COMANDO",
    option="OPÇÃO",
    summary="muda o envio de e-mail da porta 25 para a 587, e sabe desfazer",
    story=(
        (
            "Nada muda antes de o servidor ser confirmado a partir desta rede, nem antes de "
            "existir uma cópia de segurança, lida de volta e conferida. Se algo falhar, tudo "
            "volta ao que era."
        ),
        "configure587-gui abre a janela; configure587 window também.",
    ),
    shared="Estas opções podem vir antes ou depois do comando.",
    codes={
        exit_codes.DONE: "feito, ou não havia o que fazer",
        exit_codes.REFUSED: "recusado; nada mudou",
        exit_codes.USAGE: "a linha de comando não foi entendida",
        exit_codes.DUE: "há mudanças a fazer",
        exit_codes.NEEDS_A_PERSON: "algo precisa de uma pessoa",
        exit_codes.NOT_PROVEN: "um servidor não foi confirmado a partir desta rede",
        exit_codes.DEFERRED: "o programa de e-mail está aberto; ficou para depois",
        exit_codes.IN_PART: "feito em parte",
        exit_codes.OTHER_SIGN_IN: "o servidor é bom, mas não aceita senha",
        exit_codes.HELD: "em espera: não é a vez deste computador, ou muitos falharam",
        exit_codes.FAILED: "falhou; o que tinha começado foi desfeito",
        exit_codes.OUR_BUG: "um erro nosso; ficou um arquivo que o descreve",
        exit_codes.NO_PERMISSION: "o sistema não permite",
        exit_codes.STOPPED: "parado em um ponto seguro",
    },
    paths={
        "~/.local/share/configure587/backups/": (
            "as cópias de segurança; remover o pacote não mexe nelas"
        ),
        "~/.local/share/configure587/logs/": "o que foi feito e quando, sem os valores",
        "/etc/configure587/policy.d/": "as políticas de uma organização para este computador",
    },
    tries={
        "configure587 demo": "ver a história toda em um computador de exemplo",
        "configure587 scan": "ver o que há aqui; nada muda",
        "configure587 apply": "fazer as mudanças, depois de uma pergunta e de uma cópia",
        "configure587 rollback": "desfazer a última mudança",
    },
)
WORDS: Final[Mapping[str, Words]] = {ENGLISH: EN, PORTUGUESE: PT_BR}
