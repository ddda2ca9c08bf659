"""What each key of a policy is called in the tools of administrators, in both languages."""

from __future__ import annotations

from typing import Final

ENGLISH: Final = "en-US"
PORTUGUESE: Final = "pt-BR"

PRODUCT: Final = "Configure 587!"

GROUPS: Final = {
    "Ways": ("Where to go", "Para onde mudar"),
    "Accounts": ("Which accounts", "Quais contas"),
    "Runs": ("Unattended runs", "Execuções silenciosas"),
    "Window": ("Window and support", "Janela e suporte"),
}
"""Folder below ours -> its title in English and in Portuguese."""

TITLES: Final = {
    "clients": ("Accounts", "Mail programs", "Programas de e-mail"),
    "due-ports": ("Ways", "Ports to leave", "Portas a deixar"),
    "targets": ("Ways", "Ports to go to", "Portas de destino"),
    "probe": ("Ways", "Proof of the server", "Confirmação do servidor"),
    "online": ("Ways", "Ask on the internet for the server", "Procurar o servidor na internet"),
    "host-map": ("Ways", "Servers with a new name", "Servidores com nome novo"),
    "include-hosts": ("Accounts", "Only these servers", "Somente estes servidores"),
    "exclude-hosts": ("Accounts", "Never these servers", "Nunca estes servidores"),
    "include-domains": ("Accounts", "Only these domains", "Somente estes domínios"),
    "exclude-domains": ("Accounts", "Never these domains", "Nunca estes domínios"),
    "leave-alone": ("Accounts", "Accounts left alone", "Contas deixadas como estão"),
    "accept-hosts": ("Ways", "Other servers that may be used", "Outros servidores aceitos"),
    "when-running": ("Runs", "While a mail program is open", "Com o programa de e-mail aberto"),
    "wait-seconds": ("Runs", "How long to wait", "Quanto tempo esperar"),
    "report": ("Runs", "Folder for reports", "Pasta dos relatórios"),
    "report-addresses": ("Runs", "Addresses in reports", "Endereços nos relatórios"),
    "backups-kept": ("Runs", "Backups that stay", "Cópias de segurança guardadas"),
    "rings": ("Runs", "Rings", "Anéis"),
    "limit": ("Runs", "How many computers in all", "Quantos computadores ao todo"),
    "stop-if-failed": ("Runs", "Brake", "Freio"),
    "language": ("Window", "Language", "Idioma"),
    "window-offers": ("Window", "What the window offers", "O que a janela oferece"),
    "updates": ("Window", "Looking for new versions", "Procura de versões novas"),
    "support-name": ("Window", "Support: name", "Suporte: nome"),
    "support-phone": ("Window", "Support: phone", "Suporte: telefone"),
    "support-site": ("Window", "Support: site", "Suporte: site"),
    "support-logo": ("Window", "Support: logo", "Suporte: logotipo"),
}
"""Key -> its group, and its title in English and in Portuguese."""

SUPPORTED: Final = (
    "Windows 10, Windows Server 2016, and later",
    "Windows 10, Windows Server 2016 e posteriores",
)
ABOUT: Final = (
    "Moves outgoing mail from port 25 to port 587 with STARTTLS.",
    "Muda o envio de e-mails da porta 25 para a 587, com conexão protegida.",
)
ALLOWED: Final = ("Allowed: {what}.", "Valores permitidos: {what}.")
ONE_A_LINE: Final = ("One a line:", "Um por linha:")
TWO_COLUMNS: Final = (
    "Left the old server, right the new one:",
    "À esquerda o servidor antigo, à direita o novo:",
)
CHOICE: Final = ("Choose:", "Escolha:")
VALUE: Final = ("Value:", "Valor:")


def told(pair: tuple[str, ...], language: str) -> str:
    """The last two of these texts are English and Portuguese: the one of this language."""
    return pair[-2] if language == ENGLISH else pair[-1]
