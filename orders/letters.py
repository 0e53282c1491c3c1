"""The letter to the buyer about a cost that is not the agreed one, in the buyer's language, whoever writes it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from acorn.core.money import exact

LANGUAGES = {"en": "English", "zh": "中文", "de": "Deutsch", "ja": "日本語"}

_TEXTS = {
    "en": """Subject: Cost on purchase order {number}, line {line} ({product})

Dear buyer,

purchase order {number} of {ordered_on} (vendor code {vendor_code}) names a net cost of {po_cost} {currency} per unit for {product} ({sku}).
The cost agreed with you for this day is {agreed_cost} {currency} per unit. For {eaches} units the difference is {amount} {currency}.

Please correct the cost of the purchase order to {agreed_cost} {currency}, or tell us on what the other cost is based. The order has to be confirmed by {deadline}.

Kind regards""",
    "zh": """主题：采购订单 {number} 第 {line} 行（{product}）的价格

采购员您好：

{ordered_on} 的采购订单 {number}（供应商代码 {vendor_code}）中，{product}（{sku}）的单件净价为 {po_cost} {currency}。
与贵方约定的当日价格为每件 {agreed_cost} {currency}。按 {eaches} 件计算，差额为 {amount} {currency}。

请将采购订单价格更正为 {agreed_cost} {currency}，或告知该价格的依据。该订单须在 {deadline} 前确认。

此致""",
    "de": """Betreff: Preis in Bestellung {number}, Position {line} ({product})

Sehr geehrte Damen und Herren,

die Bestellung {number} vom {ordered_on} (Vendor-Code {vendor_code}) nennt für {product} ({sku}) einen Nettopreis von {po_cost} {currency} je Stück.
Vereinbart sind für diesen Tag {agreed_cost} {currency} je Stück. Bei {eaches} Stück beträgt der Unterschied {amount} {currency}.

Bitte berichtigen Sie den Preis der Bestellung auf {agreed_cost} {currency}, oder teilen Sie uns mit, worauf der andere Preis beruht. Die Bestellung ist bis {deadline} zu bestätigen.

Mit freundlichen Grüßen""",
    "ja": """件名：発注書 {number}、{line} 行目（{product}）の単価について

ご担当者様

{ordered_on} 付の発注書 {number}（ベンダーコード {vendor_code}）では、{product}（{sku}）の単価が {po_cost} {currency} となっております。
同日付で合意済みの単価は {agreed_cost} {currency} です。{eaches} 個での差額は {amount} {currency} になります。

発注書の単価を {agreed_cost} {currency} に訂正いただくか、記載単価の根拠をお知らせください。本発注は {deadline} までに回答が必要です。

よろしくお願いいたします。""",
}


class LetterFacts(NamedTuple):
    """What a letter says. Costs are per unit, the amount is the whole line's difference without its sign."""

    number: str
    line: str
    vendor_code: str
    product: str
    sku: str
    ordered_on: date
    deadline: date | None
    po_cost: Decimal
    agreed_cost: Decimal
    eaches: int
    amount: Decimal
    currency: str


def write_letter(facts: LetterFacts, language: str) -> str:
    """The letter; in English where the language is not one of LANGUAGES."""
    values = facts._asdict() | {
        "ordered_on": facts.ordered_on.isoformat(),
        "deadline": facts.deadline.isoformat() if facts.deadline else "–",
        "po_cost": exact(facts.po_cost, facts.currency), "agreed_cost": exact(facts.agreed_cost, facts.currency),
        "amount": exact(abs(facts.amount), facts.currency),
    }  # fmt: skip
    return _TEXTS.get(language, _TEXTS["en"]).format(**values)
