"""Words, folded, that tell what kind of word stands beside them."""

from __future__ import annotations

from qfa_adapters.anonymize import arabic_cues
from qfa_adapters.anonymize.folding import fold, word_set

# Nobody is spoken of so but by name: whatever follows with a capital is one, Mr Brown included.


def phrases(listed: str) -> dict[str, list[list[str]]]:
    """Return the words before the last one of each phrase, by its last word."""
    before_last: dict[str, list[list[str]]] = {}
    for phrase in listed.split("|"):
        *before, last = map(fold, phrase.split())
        before_last.setdefault(last, []).append(before)
    return before_last


FORMS_OF_ADDRESS = arabic_cues.FORMS_OF_ADDRESS | word_set(
    "mr mrs ms miss mister dr prof mme mlle monsieur madame sr sra srta senor senora don dona dhr mevr mw "
    "meneer mevrouw г-н г-жа господин госпожа пан пани пані панові"
)
TITLES_BY_GENDER = {
    "m": word_set("mr mister monsieur sr senor don dhr meneer г-н господин пан السيد"),
    "f": word_set(
        "mrs ms miss mme mlle madame sra srta senora dona mevr mw mevrouw г-жа госпожа пани пані السيده"
    ),
}
# Often with a name behind, often without.
ROLES = arabic_cues.ROLES | word_set(
    "vrijwilliger vrijwilligster verpleegster verpleger wijkleider dorpshoofd verloskundige leraar juf "
    "meester buurvrouw benevole volontaire agent agente animateur animatrice directeur directrice "
    "instituteur institutrice medecin gardien matrone relais president maire voluntario voluntaria lider "
    "medico medica partera maestra maestro coordinador coordinadora abuela abuelo padre madre alcalde "
    "pastora guardia волонтером волонтёр волонтёра волонтёру соседу соседа сосідці сусідці сусідку соседку "
    "врача врачу лікаря лікарю лікарка лікарку лікарці лікаркою вчительці учительнице психолог психологу "
    "фельдшер акушерка акушерку глава голова староста директор директора воспитатель учитель учительница "
    "вчителька бабушка бабуся дедушка дідусь мама мамо тато папа подруга друг колега коллега сестру брата "
    "брату мужа мужу чоловіка чоловіку жену жене дружину дружині сына сыну сина синові дочери дочку доньку "
    "доньці внук онук внучка онучка координатор координаторка координатору медсестрою sir madam doctor "
    "professor chief imam sheikh sheik shaykh pastor reverend rev father sister brother nurse mama papa baba "
    "mzee bwana uncle aunt auntie aunty teacher headman captain bishop haji alhaji alhaja hajja hajj mullah "
    "ustaz ustadh midwife volunteer coordinator officer director manager neighbour neighbor husband wife son "
    "daughter friend cousin nephew niece mother grandmother grandfather colleague supervisor driver mayor "
    "minister docteur infirmier infirmiere chef pasteur abbe frere soeur oncle tante mari femme fils fille "
    "voisin voisine doctora enfermera enfermero profesor profesora hermano hermana hijo hija esposo esposa "
    "vecino vecina tio tia dokter broer zus oom zoon dochter buurman доктор врач лікар волонтер волонтера "
    "волонтеру волонтерка волонтерке волонтерці медсестра медсестре медсестрі сосед соседка соседке сусід "
    "сусідка тетя тітка дядя дядько брат сестра сын син дочь дочка муж жена чоловік дружина"
)
# Phrases behind which somebody gives a name.
INTRODUCTIONS = phrases(
    "name is|names are|name was|am called|called|named|full name|signed|regards|surname|by the name of|"
    "apellido|prenom|achternaam|voornaam|прізвище|фамилии|фамилия|ім'я|sincerely|m'appelle|appelle|"
    "nomme|nommee|nom est|llamo|llama|llamado|llamada|nombre es|ik heet|heet|genaamd|naam is|зовут|"
    "звати|звать|имя|ім'я|фио|піб|اسمي|اسمه|اسمها|اسم|الاسم|المتصل|المتصله|التوقيع|يدعى|تدعى|باسم"
)
PARTICLES = word_set(
    "de da do dos das del della di du la le los van von der den ten ter te bin ibn ben bint al el abu abou "
    "umm um ould mac mc st san بن ابن بنت ال ولد"
)
IN_PLACES = word_set(
    "in at near around outside inside across throughout towards toward within beyond dans vers pres desde "
    "hacia cerca naar uit nabij город города городе городу місто міста місті село села селі деревне посёлке "
    "поселке районе районі області"
)
ASKING_FOR = frozenset((("naar", "vraag"), ("naar", "vroeg"), ("naar", "gevraagd"), ("naar", "vragen")))
IN_PLACES_ABROAD = word_set("en в во из")  # not in English texts
TO_OR_FROM = word_set("from to via into through of leaving reached visited en a au aux de te tot")
GOING = word_set(
    "came come comes coming moved move fled flee travelled traveled travel travelling went go goes going "
    "gone returned return returning displaced arrived arriving walked walk trip way road back bus far people "
    "person families family refugees residents women men children community communities everyone someone "
    "live lives living relocated evacuated am are i we were originally transported sent resident village "
    "town city district camp area region vis viens venons vient venu venue venus habite habitons habitant "
    "habitants ressortissants somos soy vengo venimos viene vienen vivo vivimos viven habitante habitantes "
    "kom komt komen inwoner inwoners inhabitant inhabitants population natives citizens"
)
# Behind them and “from”, there is hardly anything but a place.
PEOPLE = word_set(
    "caller callers man men woman women boy girl beneficiary beneficiaries farmer farmers trader traders "
    "student students member members participant participants mobilizer mobiliser respondent respondents "
    "returnee returnees idp idps refugee migrant migrants visitor visitors mother mothers teacher "
    "businessman businesswoman traveller travellers delegate delegates resident"
)
PLACE_HEADS = word_set(
    "camp village district province county region town city island river settlement chiefdom subcounty sub- "
    "county ward governorate oblast municipality department state valley road street avenue junction market "
    "beach bridge border site section block zone neighbourhood neighborhood quarter suburb"
)
ORGANISATION_HEADS = word_set(
    "hospital clinic school university college academy church mosque cathedral parish temple ministry "
    "committee foundation programme program project association society bank council agency network union "
    "company ltd limited office department centre center institute radio hotel police federation commission "
    "court parliament initiative consortium fund pharmacy laboratory trust group team party league army "
    "corps forces news tv fm airlines airport"
)
# Where the head of an institution's name goes first.
ORGANISATION_HEADS_ABROAD = word_set(
    "hopital hospital clinique clinica ecole escuela colegio lycee liceo universite universidad ministere "
    "ministerio eglise iglesia parroquia mosquee mezquita fondation fundacion asociacion ong projet proyecto "
    "programme programa albergue refugio ziekenhuis stichting basisschool больница больнице больницы "
    "больницу школа школе школы фонд фонда лікарня лікарні лікарню школі школу"
)
POSSESSIVES = word_set("su sus sa son ses zijn haar her his его ее її його")
AND = word_set("and et y e en и і та")
EMBLEM_COLOURS = word_set("roja rouge")
# Storms and the like are given names, some of them people's.
HAZARDS = word_set(
    "cyclone cyclones hurricane hurricanes typhoon typhoons ouragan ouragans huracan ciclon tormenta tifon "
    "orkaan cycloon tyfoon ураган циклон тайфун урагана циклона урагану циклону"
)
UNDERTAKINGS = word_set("operation project programme program campaign initiative operacion operatie")
TELLING = word_set(
    "said says told tells asked asks came comes called calls helped helps went goes explained works worked "
    "gave gives lives lived wants wanted thinks complained reported took has had is was promised visited "
    "refused died did does dijo dice a vino dit est vient zei zegt is heeft сказал сказала пришел пришла "
    "говорит говорил говорила просит хочет живет нуждается каже сказав сказала просить хоче живе потребує "
    "прийшов прийшла dijeron tiene necesita quiere pide vive vino fue murio est demande veut habite vit zegt "
    "wil vraagt woont kwam"
)
TELLING_OF_EITHER = TELLING | word_set("n'a n'est heeft не")
# What people do, or are said not to, in languages whose verbs no list of ours holds all of.
TELLING_ABROAD = TELLING | word_set(
    "no ha han dice dijo es estaba tuvo fue era llego llamo pidio recibio reporta informa comenta cuenta se "
    "me nos le a n'a n'est etait avait raconte signale explique s'est m'a nous ne reste attend cherche aide "
    "vient va doit a heeft is was kan komt werd werden had vertelde belde krijgt moet wacht zoekt werkt "
    "hielp helpt deed doet ging не ничего никогда уже ещё еще был была осталась остался получил получила "
    "ждет ищет может должна должен помог помогла звонил звонила написал написала рассказал рассказала умер "
    "умерла пропал пропала потерял потеряла нічого ніколи вже ще був була залишилася залишився отримав "
    "отримала чекає шукає може повинна допоміг допомогла дзвонив дзвонила розповів розповіла помер померла "
    "зник зникла загубив загубила пише працює говорить"
)
# Behind them, a small word that no list holds is somebody.
BEFORE_A_SMALL_NAME = phrases(
    "spoke with|spoken with|speak with|talked to|spoke to|talk to|speak to|told|tell|asked|ask|inform|"
    "informed|thank|met|met with|ask for|neighbor|neighbour|my sister|my brother|my daughter|my son|"
    "my wife|my husband|parle avec|parle a|dit a|demande a|remercier|remercie|chez|rencontre|ma soeur|"
    "mon frere|mon mari|ma femme|hable con|hablo con|hablar con|hablamos con|dije a|dijo a|pregunte a|"
    "gracias a|mi hermana|mi hermano|mi esposo|gesproken met|sprak met|praten met|tegen|mijn zus|"
    "mijn broer|mijn man|mijn vrouw|говорила с|говорил с|говорили с|поговорить с|говорила з|говорив з|"
    "говорили з|je suis|soy|ik ben|i am|i'm|this is|habla con|pregunten por|parlez a|dites a|vraag|"
    "zeg tegen"
)
LAST_WORDS = frozenset((*INTRODUCTIONS, *BEFORE_A_SMALL_NAME))
BEFORE_A_WORD = word_set(
    "the a an of our my your his her their this that with some any no every for by have has had having le la "
    "les une de du des el los las una un het een der die das"
)
BEFORE_A_WORD_ABROAD = word_set(
    "la le les l une de du des el los las una un het een der die das mon ma mes ton ta sa son notre votre "
    "nos mi su sus tu mijn zijn onze haar cette ce cet esta este deze dit cada tout toute todo toda mucha "
    "mucho"
)
# What follows a name that is written small and without a comma.
AFTER_A_NAME = TELLING | word_set(
    "and from i my we who phone tel number aged living speaking calling in at of"
)
# Who called Friday telephoned; who is called Friday is a person.
CALLERS = word_set("i we you he she they have has caller mother father")
# Behind them, May and Sunday are days.
BEFORE_A_DAY = (
    IN_PLACES
    | IN_PLACES_ABROAD
    | BEFORE_A_WORD
    | TO_OR_FROM
    | word_set("on since until till before after during last next each between le desde hasta sinds")
)
