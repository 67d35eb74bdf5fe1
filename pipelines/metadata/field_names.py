"""The names by which pages declare what each field says."""

from __future__ import annotations

METAS = {
    "headline": """og:title twitter:title citation_title dc.title dcterms.title parsely-title
        sailthru.title title""",
    "description": """description og:description twitter:description dc.description
        dcterms.description dcterms.abstract sailthru.description""",
    "author": """citation_author author article:author article:author_name dc.creator
        dcterms.creator parsely-author sailthru.author byl""",
    "publisher": "og:site_name dc.publisher dcterms.publisher citation_publisher application-name",
    "is_part_of": "og:site_name citation_journal_title application-name",
    "issue_number": "citation_issue",
    "section": "article:section parsely-section article.section",
    "keywords": "article:tag news_keywords keywords parsely-tags sailthru.tags dc.subject",
    "language": "dc.language dcterms.language citation_language content-language og:locale",
    "published": """article:published_time article:published og:published_time
        og:article:published_time datepublished citation_publication_date citation_online_date
        citation_date dcterms.issued dc.date.issued dcterms.created dc.date.created dc.date
        dcterms.date parsely-pub-date sailthru.date pubdate pub_date publishdate publish-date
        publish_date publication_date article.published cxenseparse:recs:publishtime
        shareaholic:article_published_time date_published originalpublicationdate published
        published-date published_date date""",
    "modified": """article:modified_time article:modified og:updated_time og:modified_time
        datemodified dcterms.modified dc.date.modified lastmod last-modified article.updated
        shareaholic:article_modified_time date_modified revised updated_time""",
    "image": """og:image og:image:url og:image:secure_url twitter:image twitter:image:src
        parsely-image-url thumbnail""",
    "license": "dcterms.license dc.rights.license",
}
"""`meta` names and properties for each field, most trusted first."""
LINKED = {
    "headline": ("headline", "name"),
    "alternative_headline": ("alternativeHeadline", "alternateName"),
    "description": ("description",),
    "author": ("author", "creator"),
    "publisher": ("publisher",),
    "section": ("articleSection",),
    "keywords": ("keywords",),
    "language": ("inLanguage",),
    "published": ("datePublished", "dateCreated"),
    "modified": ("dateModified",),
    "license": ("license",),
    "free": ("isAccessibleForFree", "isAccessibleForfree"),
}
"""schema.org properties for each field, in JSON-LD and in microdata."""
