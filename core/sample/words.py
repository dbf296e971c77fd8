"""The names that a generated shop is made of."""

FIRST_NAMES = (
    "Emma", "Louise", "Jade", "Alice", "Chloé", "Inès", "Léa", "Manon", "Camille", "Sarah",
    "Zoé", "Juliette", "Anna", "Clara", "Eva", "Nina", "Lucie", "Margaux", "Élise", "Hélène",
    "Gabriel", "Léo", "Raphaël", "Louis", "Arthur", "Jules", "Adam", "Hugo", "Lucas", "Noah",
    "Nathan", "Paul", "Tom", "Martin", "Théo", "Antoine", "Maxime", "Victor", "François",
    "Jérôme", "Giulia", "Sofia", "Lucía", "Mateo", "Hannah", "Lukas", "Jonas", "Sanne", "Daan",
    "Olivia", "Oliver", "Amelia", "Harry",
)  # fmt: skip

LAST_NAMES = (
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy",
    "Moreau", "Simon", "Laurent", "Lefebvre", "Michel", "Garcia", "David", "Bertrand", "Roux",
    "Vincent", "Fournier", "Morel", "Girard", "André", "Lefèvre", "Mercier", "Dupont",
    "Lambert", "Bonnet", "François", "Martínez", "Legrand", "Garnier", "Faure", "Rousseau",
    "Blanc", "Guérin", "Muller", "Henry", "Roussel", "Nicolas", "Perrin", "Morin", "Mathieu",
    "Clément", "Gauthier", "Dumont", "Lopez", "Fontaine", "Chevalier", "Robin", "Masson",
    "Sanchez", "Gérard", "Nguyen", "Boyer", "Denis", "Lemaire", "Duval", "Joly", "Roger",
    "Rossi", "Ferrari", "Schmidt", "Schneider", "Jansen", "DeVries", "Smith", "Jones",
    "O'Brien", "Taylor",
)  # fmt: skip

MAIL_HOSTS = ("example.com", "example.net", "example.org", "mail.example.com")

# City, country and how often it comes, in tenths of a percent.
CITIES = (
    ("Paris", "FR", 160), ("Lyon", "FR", 70), ("Marseille", "FR", 62), ("Toulouse", "FR", 45),
    ("Lille", "FR", 44), ("Bordeaux", "FR", 42), ("Nantes", "FR", 38), ("Nice", "FR", 34),
    ("Strasbourg", "FR", 28), ("Rennes", "FR", 27), ("Montpellier", "FR", 26),
    ("Grenoble", "FR", 20), ("Saint-Étienne", "FR", 16), ("Dijon", "FR", 15), ("Angers", "FR", 14),
    ("Brussels", "BE", 38), ("Antwerp", "BE", 20), ("Ghent", "BE", 14), ("Liège", "BE", 12),
    ("Geneva", "CH", 16), ("Lausanne", "CH", 12), ("Madrid", "ES", 42), ("Barcelona", "ES", 38),
    ("Valencia", "ES", 16), ("Milan", "IT", 30), ("Rome", "IT", 28), ("Turin", "IT", 14),
    ("Berlin", "DE", 30), ("Munich", "DE", 22), ("Cologne", "DE", 16), ("Amsterdam", "NL", 22),
    ("Rotterdam", "NL", 12), ("London", "GB", 36), ("Manchester", "GB", 12), ("Dublin", "IE", 9),
)  # fmt: skip

# Category: its products, and the price of the cheapest in cents.
CATEGORIES = (
    ("Coffee", ("House blend", "Single origin", "Decaf", "Espresso", "Capsules"), 590),
    ("Tea", ("Earl Grey", "Green tea", "Rooibos", "Chai", "Herbal"), 450),
    ("Chocolate", ("Dark bar", "Milk bar", "Truffles", "Spread", "Cocoa"), 320),
    ("Kitchen", ("Mug", "Teapot", "Grinder", "Kettle", "Scale"), 1290),
    ("Books", ("Cookbook", "Travel guide", "Novel", "Notebook", "Atlas"), 890),
    ("Home", ("Candle", "Cushion", "Blanket", "Vase", "Lamp"), 1490),
    ("Garden", ("Seeds", "Planter", "Gloves", "Lantern", "Watering can"), 390),
    ("Beauty", ("Soap", "Hand cream", "Shampoo", "Perfume", "Bath salts"), 690),
    ("Clothing", ("T-shirt", "Scarf", "Socks", "Sweater", "Apron"), 990),
    ("Gifts", ("Gift card", "Hamper", "Postcards", "Advent calendar", "Gift box"), 1000),
)

STYLES = ("Classic", "Organic", "Large", "Small", "Limited", "Travel", "Family", "Basic")

# The hours in which people buy, the busy ones more often.
HOURS = (7, 8, 8, 9, 10, 10, 11, 11, 12, 12, 12, 13, 13, 14, 15, 16, 17, 17, 18, 18, 18, 19, 19,
         20, 20, 20, 21, 21, 21, 22, 22, 23)  # fmt: skip

PAGES = ("home", "category", "category", "product", "product", "product", "cart", "checkout")
CAMPAIGNS = ("newsletter", "spring_sale", "welcome", "loyalty", "winter_gifts")
