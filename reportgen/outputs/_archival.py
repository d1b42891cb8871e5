"""What PDF/A-3 (ISO 19005-3) asks for and WeasyPrint does not give where the file is PDF/UA as well."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pydyf

#: ISO 14289-1, clause 5, and the schema without which ISO 19005-3, 6.6.2.3, allows no such property in the metadata.
_ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_END = b"</rdf:RDF>"
_KEYWORD = b"endstream"


class Framed(pydyf.Object):  # type: ignore[misc]
    """A stream with an end of line of two bytes after it.

    Where the data end in a carriage return, the single line feed that pydyf writes after them would read as the second
    byte of one end of line, and the stream as one byte too short (ISO 19005-3, 6.1.7.1).
    """

    compressible = False

    def __init__(self, stream: pydyf.Stream) -> None:
        super().__init__()
        self.number, self.generation, self.free = stream.number, stream.generation, stream.free
        self._stream = stream

    @cached_property
    def data(self) -> bytes:  # pydyf asks twice, and packs the stream each time
        return bytes(self._stream.data).removesuffix(b"\n" + _KEYWORD) + b"\r\n" + _KEYWORD


def archive(pdf: Any) -> None:
    """Change a `pydyf.PDF` before it is written."""
    objects = {item.reference: item for item in pdf.objects}
    _name_the_standards(objects[pdf.catalog["Metadata"]])
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])  # WeasyPrint lists each file twice
    for page in pdf.page_references:
        objects[page]["Group"] = "<</Type /Group /S /Transparency /CS /DeviceRGB>>"  # ISO 19005-3, 6.2.10
    pdf.objects[:] = [Framed(item) if isinstance(item, pydyf.Stream) else item for item in pdf.objects]


def _name_the_standards(metadata: Any) -> None:
    metadata.stream[:] = [b"\n".join(metadata.stream).replace(_END, _ACCESSIBLE + _END)]
    metadata.compress = False  # ISO 19005-3, 6.6.2.1
