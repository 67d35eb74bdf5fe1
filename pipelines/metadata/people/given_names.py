"""Common given names of the world: a text that begins with one is somebody's name."""

from __future__ import annotations

_NAMES = """
cory rory jeremiah shelly jenni johny niko trond bence matias asser kiersten krystyna agatha
heba suparn manoj jagpreet yuan ziyi sven-erik pekka antti jussi mikko sanna tuomas eero juhani
laszlo zoltán zoltan gábor gabor attila balázs tibor ferenc péter zsolt andras andrás eszter
ildikó katalin judit aaron abby abdul abdullah abigail abraham adam adeline adi adrian adriana
adrien agata agnes agnieszka ahmad ahmed aidan aiko aisha akash akira alan alana alba albert
alberto aleksandar aleksander aleksandr aleksandra alejandra alejandro alena alessandra
alessandro alessia alex alexa alexander alexandra alexandre alexandria alexei alexey alexis
alfred alfredo ali alice alicia alina alisha alison alistair allan allen allison alma alvaro
álvaro alyssa amanda amber amelia amelie amélie amina amir amit amy ana anastasia andre andré
andrea andreas andrei andrej andrés andres andrew andrey andrzej andy anders angel ángel angela
angelica angelina angelo angie anil anita anja ankit anke ann anna annabel anne anneke annette
annie annika anthony antoine anton antonia antonio antónio antti anya apoorva ari ariana arjun
arne arnaud arnold arthur artur arturo asha ashley ashok asif astrid audrey august aurélie
aurelia austin ava ayesha ayşe barbara barry bart bartosz beata beate beatrice beatriz becca
becky belinda ben benedict benedikt benjamin bernadette bernard bernd bernhard bert beth bethany
betty beverly bianca bill billy birgit björn bjorn blake bob bobby bogdan boris brad bradley
brandon brenda brendan brett brian bridget brigitte britta brittany brooke bruce bruno bryan
bryce caitlin caleb callum cameron camila camilla camille candice carl carla carlo carlos carly
carmen carol carole carolin carolina caroline carolyn carrie carsten casey cassandra cassidy
caterina catherine cathy cécile cecilia celia céline chad chandra chantal charles charlie
charlotte chelsea chen cheryl chiara chloe chloé chris christa christian christiane christina
christine christof christoph christophe christopher christy chuck cindy claire clara clare
clarissa claude claudia claudio claus clemens clément cliff clint cody colin colleen connor
conor constance corey corinna corinne courtney craig cristian cristina crystal curtis cynthia
cyril dagmar daisy dale damian damien damon dan dana daniel daniela daniele danielle danny
daphne darcy daria dario darius darren darryl daryl dave david davide dawn dean deanna debbie
deborah debra declan deepak deirdre delphine denis denise dennis derek desmond devin devon diana
diane dick diego dieter dietmar dina dirk dmitri dmitry dolores dominic dominik dominique don
donald donna dora doris dorothea dorothy doug douglas duncan dustin dwayne dylan earl ed eddie
edgar edith edmund eduard eduardo edward edwin eileen ekaterina elaine eleanor elena elias elif
elijah elisa elisabeth elise eliza elizabeth elke ella ellen ellie elliot elliott elsa elva emil
emilia emilie émilie emilio emily emma emmanuel enrico enrique eric erica erich erik erika erin
ernest ernesto ernst esteban esther ethan eugene eugenia eunice eva evan eve evelyn evgeny ewa
fabian fabio fabrice farah faisal fatima federica federico felicia felicity felipe felix félix
fernanda fernando filip fiona flavia florence florent florian frances francesca francesco
francine francis francisco franco françois françoise frank frankie franz fred freddie frederic
frédéric frederick frederik friedrich fritz gabriel gabriela gabriele gabriella gareth gary
gavin gemma geoff geoffrey george georg georges georgia georgina gerald geraldine gerard gérard
gerd gerhard gertrud gianluca gianni gilbert gilles gina ginny giorgio giovanna giovanni giulia
giuseppe glen glenn gloria gordon grace graeme graham grant greg gregor gregory greta gretchen
grzegorz guido guillaume guillermo gunnar günter günther gustav gustavo guy gwen hailey hanna
hannah hanne hannes hans harald harold harriet harrison harry harvey hasan hassan hayley hazel
heather hector heidi heike heiko heiner heinrich heinz helen helena hélène helene helga helmut
hendrik henri henrik henrike henry herbert hermann hiroshi holger holly hope horst howard hubert
hugh hugo hussein ian ibrahim ida ignacio igor ilaria ilona ilse imran ina ines inés inga inge
ingo ingrid inka ion irena irene irina iris irving isaac isabel isabela isabella isabelle isaiah
ismail istván ivan ivana ivo izabela jack jackie jackson jacob jacqueline jacques jade jaime
jake jakob jakub james jamie jan jana jane janet janice janina janine jared jarek jasmin jasmine
jason javier jay jayden jayne jean jeanette jeanne jeff jeffrey jenna jennie jennifer jenny jens
jeremy jérôme jerome jerry jesper jess jesse jessica jesús jesus jill jim jimmy jing jitka joan
joanna joanne joao joão joachim jochen jodie joe joel joelle johan johann johanna johannes john
johnathan johnny jolanta jon jonas jonathan jordan jordi jorge jörg josé jose josef josefina
joseph josephine josh joshua jostein joyce juan juana juanita judith judy juha julia julian
juliana julie julien juliet juliette julio julius jun jürgen juri justin justine justyna kai
kamil kara karen karim karin karina karl karla karsten kasia kate katarina katarzyna kate
katerina katharina katherine kathleen kathrin kathryn kathy katie katja katrin katrina katy kay
kayla keiko keith kelly kelsey ken kendra kenji kenneth kenny kerry kerstin kevin khaled kieran
kim kimberly kirk kirsten kirstin kirsty kjell klaus konrad konstantin krista kristen kristian
kristin kristina kristine krystyna krzysztof kumar kurt kyle lacey lars laura lauren laurence
laurent laurie lea leah leanne lee leif lena lenny leo leon leona leonard leonardo leonie leonor
leslie leticia levi lewis li liam liane lidia lila lilian liliana lillian lily lina linda
lindsay lindsey linus lisa lise liv liz liza logan lola lora loren lorena lorenzo loretta lori
lorraine lothar louis louisa louise luc luca lucas lucia lucía luciana luciano lucie lucy luis
luís luisa luise luiz lukas luke lydia lynn lynne maarten madeleine madeline madison magda
magdalena magnus maja malcolm małgorzata malin mandy manfred manuel manuela mara marc marcel
marcella marcelo marcia marco marcos marcus margaret margarita margherita margit margot maria
mariam marian mariana marianne marie marija marika marilyn marina mario marion maris marisa
marit marius marjorie mark marko markus marlene marlon márta marta martha martí martin martina
martine marvin mary maryam marzena masha mat mateo mateusz mathias mathieu mathilde matilda matt
matteo matthew matthias matthieu maud maureen maurice maurizio mauro max maxim maxime maximilian
maya meera megan mehmet mei melanie melinda melissa mercedes meredith mia micah michael michaela
michał michel michela michele michelle miguel mika mike mikael mikhail mikko milan milena milica
millie milo mina ming miriam misha mitch mitchell mohamed mohammad mohammed moira moises molly
mona monica mónica monika monique morgan moritz morten moses muhammad mustafa myriam nabil nadia
nadine nancy naomi natalia natalie nataliya natasha nathalie nathan nathaniel neal neha neil
nell nelson nia nicholas nick nicki nicky nico nicola nicolas nicole niels nigel nik nikita
niklas niko nikola nikolai nikolas nina nisha noah noel noemi nolan nora norbert norma norman
nuno octavio odile olaf olav ole oleg oleksandr olena olga oliver olivia olivier ollie omar
oscar oskar otto owen pablo paige pamela paola paolo pascal pat patricia patricio patrick
patrizia patti patty paul paula pauline paulo pavel pawel paweł pedro peggy penelope penny per
peter petra petr petros phil philip philipp philippa philippe phillip phoebe phyllis pia pierre
pieter piotr polly pooja prakash priya quentin quinn rachel radek rafael raffaele rahul rainer
raj rajesh ralf ralph ramesh ramon ramón randall randy raphael raphaël raquel rasmus raul raúl
ravi ray raymond rebecca regina régis reinhard rémi renata renate renato rene rené renee renée
rhonda ricardo riccardo rich richard rick ricky rita rob robert roberta roberto robin rocio rod
roderick rodrigo roger roland rolf roman ron ronald ronja rory rosa rosalind rosario rose
rosemary rosie ross rowan roxanne roy ruben rudolf rui rupert russ russell rusty ruth ryan
sabine sabrina sadie sally salma sam samantha samir samuel sandeep sandra sandy sanjay santiago
sara sarah sascha sasha saskia saul scott sean sebastian sébastien selina serena serge sergei
sergey sergio seth shane shannon sharon shaun shauna shawn sheila shelby shelly sherry shirley
shiv siegfried sigrid silke silvia silvio simon simona simone siobhan sofia sofía sofie solomon
sonia sonja sophia sophie spencer srdjan stacey stacy stan stanislav stanley stefan stefania
stefanie stefano steffen stella stéphane stephan stephanie stéphanie stephen steve steven
stewart stine stuart sue sunil suresh susan susana susanna susanne susie suzanne svein sven
svenja svetlana sylvain sylvia sylvie tabea tadeusz tamara tamás tammy tania tanja tanya tara
tariq tatiana taylor ted terence teresa terry tess tessa thanh theo theodor theodore theresa
thérèse thierry thomas thorsten tiago tiffany till tim timo timothy tina tobias toby todd tom
tomas tomás tomasz tommy toni tony torben torsten tracey tracy travis trevor tricia trine
tristan troy trudy tyler udo ulf uli ulrich ulrike ursula uschi uta ute uwe valentin valentina
valerie valérie valeria vanessa vera verena verónica veronica veronika vicki vicky victor
victoria vijay vikram viktor viktoria vincent vincenzo viola violet violeta virginie vito
vittorio vivian vivien vladimir volker walter wanda warren wayne wei wendy werner wes wilhelm
will willem william willie winfried wojciech wolfgang xavier xi yan yana yannick yasmin yasmine
yi ying yolanda yuki yuri yusuf yvan yves yvette yvonne zachary zack zara zbigniew zoe zoé zofia
zuzana александр александра алексей алена анастасия андрей анна антон артем артём борис вадим
валентин валентина валерий василий вера вероника виктор виктория виталий владимир владислав
вячеслав галина георгий григорий дарья денис дмитрий евгений евгения екатерина елена иван игорь
илья инна ирина кирилл константин ксения лариса леонид лидия людмила максим марина мария михаил
надежда наталья николай нина оксана олег ольга павел петр пётр полина роман светлана сергей
софия станислав степан татьяна тимур ульяна федор юлия юрий яна ярослав олександр андрій сергій
дмитро наталія ірина тетяна іван михайло марія γιώργος μαρία κώστας ελένη νίκος δημήτρης
"""
GIVEN_NAMES = frozenset(_NAMES.split())


def begins_with_given_name(text: str) -> bool:
    """Whether the first word of *text* is a common given name."""
    first = text.replace("-", " ").split()
    return bool(first) and first[0].lower() in GIVEN_NAMES
