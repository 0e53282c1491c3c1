"""The demo's two companies: who works there, what they are connected to, where their goods lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acorn.accounts.types import Role


@dataclass(frozen=True, slots=True)
class DemoConnection:
    """A vendor group in the simulator, and how the company serves it.

    `warehouses` are codes, in the order in which they are promised from; `first_number` is that of the first own SKU.
    """

    name: str
    world: str
    region: str
    marketplace: str
    group: str
    warehouses: tuple[str, ...]
    first_number: int


@dataclass(frozen=True, slots=True)
class DemoCompany:
    slug: str
    name: str
    language: str
    time_zone: str
    currency: str
    people: tuple[tuple[str, str, Role], ...]
    connections: tuple[DemoConnection, ...]
    # as the table of warehouses that can be imported names its columns
    warehouses: tuple[Mapping[str, str], ...]
    sku_prefix: str
    policy_reason: str
    words: Mapping[str, str] = field(default_factory=dict)


# how the simulator's products are called in Chinese
_CHINESE = {
    ", ": "，",
    "Stainless": "不锈钢", "Insulated": "保温", "Folding": "折叠", "Organic": "有机", "Double-wall": "双层",
    "Compact": "便携", "Heavy-duty": "加厚", "Silicone": "硅胶", "Water Bottle": "水杯", "Chef Knife": "主厨刀",
    "Storage Box": "收纳箱", "Desk Lamp": "台灯", "Yoga Mat": "瑜伽垫", "Tea Infuser": "泡茶器",
    "Cutting Board": "砧板", "Travel Mug": "随行杯", "Garden Hose": "花园水管", "Bath Towel": "浴巾",
    "Bento Box": "便当盒", "Cable Organizer": "理线器", "Black": "黑色", "Sage Green": "鼠尾草绿", "Set of 2": "2件套",
    "500 ml": "500毫升", "Large": "大号", "Natural Oak": "原橡木色", "Navy": "藏青色", "6-Pack": "6只装",
    "Whole Almonds": "整粒杏仁", "Roasted Coffee Beans": "烘焙咖啡豆", "Dried Mango": "芒果干", "Basmati Rice": "香米",
    " kg": "公斤",
}  # fmt: skip

COMPANIES: Sequence[DemoCompany] = (
    DemoCompany(
        slug="northwind", name="Northwind Home Goods", language="en", time_zone="America/Los_Angeles", currency="USD",
        people=(
            ("olivia@northwind.example", "Olivia Owner", Role.OWNER),
            ("oscar@northwind.example", "Oscar Operations", Role.OPERATIONS),
            ("fiona@northwind.example", "Fiona Finance", Role.FINANCE),
        ),
        connections=(
            DemoConnection("Amazon US", "northwind-us", "NA", "US", "NORTHWIND", ("RENO", "HARRISBURG"), 1001),
            DemoConnection("Amazon Germany", "northwind-de", "EU", "DE", "NORTHWIND", ("HAMBURG",), 2001),
        ),
        warehouses=(
            {
                "code": "RENO", "name": "Reno warehouse", "pool": "OWN", "ship_from_party_id": "NWRNO",
                "time_zone": "America/Los_Angeles", "address_name": "Northwind Home Goods", "address_line_1": "875 Vista Blvd",
                "city": "Sparks", "state_or_region": "NV", "postal_code": "89434", "country_code": "US",
            },
            {
                "code": "HARRISBURG", "name": "Harrisburg 3PL", "pool": "THIRD_PARTY", "ship_from_party_id": "NWHAR",
                "time_zone": "America/New_York", "address_name": "Keystone Logistics for Northwind",
                "address_line_1": "4420 Lewis Rd", "city": "Harrisburg", "state_or_region": "PA", "postal_code": "17111",
                "country_code": "US",
            },
            {
                "code": "HAMBURG", "name": "Hamburg 3PL", "pool": "THIRD_PARTY", "ship_from_party_id": "NWHAM",
                "time_zone": "Europe/Berlin", "address_name": "Elbe Logistik for Northwind",
                "address_line_1": "Am Genter Ufer 12", "city": "Hamburg", "postal_code": "21129", "country_code": "DE",
            },
        ),
        sku_prefix="NW", policy_reason="How we start: ACORN proposes, a person sends.",
    ),
    DemoCompany(
        slug="huayu", name="华宇家居", language="zh-hans", time_zone="Asia/Shanghai", currency="CNY",
        people=(
            ("wang@huayu.example", "王敏", Role.OWNER),
            ("li@huayu.example", "李强", Role.OPERATIONS),
        ),
        connections=(
            DemoConnection("亚马逊日本站", "huayu-jp", "FE", "JP", "HUAYU", ("CHIBA", "NINGBO"), 3001),
        ),
        warehouses=(
            {
                "code": "CHIBA", "name": "千叶海外仓", "pool": "THIRD_PARTY", "ship_from_party_id": "HYCBA",
                "time_zone": "Asia/Tokyo", "address_name": "Huayu c/o Boso Logistics", "address_line_1": "3-1-4 Hamacho",
                "city": "Funabashi", "state_or_region": "Chiba", "postal_code": "273-0012", "country_code": "JP",
            },
            {
                "code": "NINGBO", "name": "宁波总仓", "pool": "OWN", "ship_from_party_id": "HYNGB",
                "time_zone": "Asia/Shanghai", "address_name": "华宇家居", "address_line_1": "北仑区进港西路88号",
                "city": "宁波", "state_or_region": "浙江", "postal_code": "315800", "country_code": "CN",
            },
        ),
        sku_prefix="HY", policy_reason="起步阶段：系统提出建议，由人确认后发送。",
        words=_CHINESE,
    ),
)  # fmt: skip
