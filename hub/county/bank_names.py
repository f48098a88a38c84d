"""Names of people and streets, and codes of ethnicity, each as often as it is to come up."""


def _listed(text: str, between: str | None = None) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(between))


BOYS = _listed(
    """
    Aaron Abdullah Adeel Ahmed Aidan Alfie Amir Anton Archie Arjun Arlo Ayaan Barnaby Bilal Caleb Callum Casper Chidi
    Cody Connor Daniel Dario Declan Dexter Dylan Eesa Elijah Elliot Ethan Ezra Felix Finlay Finn Frankie Freddie
    Gabriel George Haaris Harley Hassan Henry Hugo Ibrahim Ioan Isaac Jack Jaden Jakub Jamal Jayden Jesse Jude Kacper
    Kai Kieran Kofi Kwame Leo Levi Liam Logan Louie Luca Malachi Marcel Mason Mateusz Max Micah Milo Mohammed Musa
    Nathan Noah Obi Oliver Omar Oscar Otis Ptolemy Rafael Reuben Rhys Riley Rohan Ronnie Rory Rowan Ryan Samir Samuel
    Sebastian Seth Shay Stanley Taio Tariq Theo Tobias Tomasz Tyler Umar Victor Wilfred Yusuf Zachary Zain Zeke
    """
)

GIRLS = _listed(
    """
    Aaliyah Abigail Ada Adanna Agnieszka Aisha Alice Amara Amelia Amina Anaya Anna Arabella Ava Bea Bronwen Caoimhe
    Carys Cerys Charlotte Chloe Clementine Daisy Dami Darcey Dorothy Edith Efua Eleanor Elif Eliza Ella Elodie Elsie
    Emily Erin Esme Eva Evie Fatima Fearne Florence Freya Gaia Grace Hafsa Halima Hana Hannah Harriet Iqra Isla Ivy
    Jasmine Jessica Joanna Kezia Khadija Kiera Lacey Layla Lena Lily Lola Lucia Maisie Maryam Matilda Maya Megan Mia
    Millie Nadia Naomi Nia Niamh Nimra Nora Olive Olivia Orla Poppy Priya Roisin Rosa Ruby Saanvi Safiya Sana Sara
    Seren Siân Sofia Sophie Summer Tabitha Tia Willow Yasmin Zahra Zara Zofia Zoë
    """
)

SURNAMES = _listed(
    """
    Abara Adcock Adewale Akhtar Allotey Amankwah Ansari Applegarth Arkwright Asante Ashdown Babatunde Bagshaw Bancroft
    Barzani Begum Birtwistle Blakeney Bose Braithwaite Brannigan Brzezicki Buckland Calloway Cartwright Chaudhry
    Chidlow Chowdhury Cieślak Clegg Coombes Copperwheat Cottingham Crowther Dalgleish Danso Devereux Dhaliwal Dogan
    Donnelly Dunnett Dziedzic Eastwick Ekwueme Entwistle Eze Fairbrother Farooqi Fernandes Fitzwater Garside
    Gathercole Gilhooly Goodenough Greenhalgh Grewal Gunasekara Haddad Halloran Hargreave Haworth Hepplewhite
    Hinchcliffe Horvat Hussain Ibekwe Jabłoński Jagger Jamieson Kapoor Karimi Kaur Kearney Kettlewell Khatun Kilbride
    Kowalik Lakhani Lamptey Langstaff Larkin Leadbetter Lightfoot Loughran Machado Makinde Malhotra Mandeville
    McGlinchey Mensah Merriweather Mirza Molloy Mwangi Nadarajah Nair Nandy Nettleship Ngata Nowicki Nuttall Obaseki
    O'Driscoll Ogunleye Okereke Olufemi Onyango Oyelaran Pargeter Patil Pemberthy Petrescu Pickersgill Pillai
    Polkinghorne Popescu Quarshie Quayle Qureshi Rafferty Rahimi Ramsbottom Rawcliffe Rehman Ridealgh Rostami Sadiq
    Sandhu Saunderson Savage Shackleford Sheikh Siddiqui Silva Skowron Smallbone Sowerby Stubbins Sutcliffe Swarbrick
    Szymański Tamang Tattersall Thackray Thirlwell Threadgold Tolland Tran Treloar Uddin Umeh Uzun Varghese Vasquez
    Venables Verma Vu Wachira Waddington Wainfleet Whitworth Wielgosz Winstanley Wójcik Wolstenholme Yeboah Yilmaz
    Zaman Żuraw
    """
)

STREETS = _listed(
    """
    Curlew Lane| Teasel Close| Old Mill Row| Chapel Bank| Rushside| Heron Way| Sorrel Drive| Ferry Road| Bittern
    Court| Long Acre| Kiln Terrace| Harebell Walk| Staithe Street| Coppice Rise
    """,
    "|",
)

ETHNICITIES = _listed(
    """
    WBRI WBRI WBRI WBRI WBRI WBRI WBRI WBRI WBRI WOTH WOTH APKN APKN AIND ABAN BAFR BAFR BCRB MWBC MWAS CHNE OOTH NOBT
    """
)
